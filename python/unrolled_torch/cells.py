"""The steps of recurrent cells that torch.nn does not have. W_ih x is computed for all steps before."""

import torch
from torch.nn.functional import elu, hardtanh, leaky_relu, linear, logsigmoid, softplus, softsign, threshold

# The letters are those of torch.nn.LSTM and torch.nn.GRU. Weights have H rows for each letter of GATES, in this order.
GATES = {
    ("rnn", None): "h",
    ("gru", "after"): "rzn",
    ("gru", "before"): "rzn",
    ("gru", "none"): "zn",
    ("lstm", "own"): "ifgo",
    ("lstm", "coupled"): "igo",
    ("lstm", "none"): "igo",
}


def kind(spec):
    """The kind of a cell: its reset gate or its forget gate."""
    if spec["cell"] == "lstm":
        return spec["forgetGate"]
    if spec["cell"] == "gru":
        return ("after" if spec["resetAfter"] else "before") if spec["resetGate"] else "none"
    return None


def gates(spec):
    return GATES[spec["cell"], kind(spec)]


def norm_order(spec):
    """The products that gateNorm normalises, in the order of their gains. q is the product of the candidate n and the state."""
    letters = gates(spec)
    if letters != "rzn":
        return letters
    return "nrzq" if kind(spec) == "after" else "nrz"


def standard_activations(spec):
    if spec["cell"] == "rnn":
        return [spec["nonlinearity"]]
    return ["sigmoid", "tanh"] if spec["cell"] == "gru" else ["sigmoid", "tanh", "tanh"]


def is_standard(spec):
    """Whether torch.nn has the cell."""
    peepholes = spec["cell"] == "lstm" and spec["peepholes"]
    if spec["gateClip"] or spec["gateNorm"] or peepholes or kind(spec) not in (None, "own", "after"):
        return False
    own = spec["activations"] or standard_activations(spec)
    known = [["tanh"], ["relu"]] if spec["cell"] == "rnn" else [standard_activations(spec)]
    return any(own in (names, names * 2) for names in known)


def activation(given, limit):
    """A function of one number, by ONNX's name. Its input is clipped to [-limit, limit], unless limit is 0."""
    own = {"name": given} if isinstance(given, str) else given
    defaults = {"affine": (1, 0), "leakyRelu": (0.01, 0), "thresholdedRelu": (1, 0), "scaledTanh": (1, 1)}
    a, b = defaults.get(own["name"], (0.2, 0.5) if own["name"] == "hardSigmoid" else (1, 0))
    a, b = own.get("alpha", a), own.get("beta", b)
    function = {
        "exp": torch.exp,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "affine": lambda x: a * x + b,
        "leakyRelu": lambda x: leaky_relu(x, a),
        "thresholdedRelu": lambda x: torch.where(x < a, 0, x),
        "scaledTanh": lambda x: a * torch.tanh(b * x),
        "hardSigmoid": lambda x: hardtanh(a * x + b, 0.0, 1.0),
        "elu": lambda x: elu(x, a),
        "softsign": softsign,
        "softplus": softplus,
        "logSigmoid": logsigmoid,
    }[own["name"]]
    return (lambda x: function(x.clamp(-limit, limit))) if limit else function


class Cell:
    """The step of a cell with the weights of one layer and direction."""

    def __init__(self, spec, weights, activations):
        self.spec, self.kind, self.gates = spec, kind(spec), gates(spec)
        self.functions = [activation(given, spec["gateClip"]) for given in activations]
        self.hidden = dict(zip(self.gates, weights["weight_hh"].chunk(len(self.gates))))
        self.all_hidden = weights["weight_hh"]
        self.bias_ih = dict(zip(self.gates, weights["bias_ih"].chunk(len(self.gates))))
        self.bias_hh = dict(zip(self.gates, weights["bias_hh"].chunk(len(self.gates))))
        gains, peepholes = weights.get("weight_norm"), weights.get("weight_peephole")
        order = norm_order(spec)
        self.gains = {} if gains is None else dict(zip(order, gains.chunk(len(order))))
        seen = self.gates.replace("g", "")
        self.peepholes = {} if peepholes is None else dict(zip(seen, peepholes.chunk(len(seen))))

    def before(self, gate, x, product):
        """The pre-activation of a gate: the products of input and state, normalised if there are gains, and the biases."""
        return self.normal(gate, x + product) + self.bias_ih[gate] + self.bias_hh[gate]

    def normal(self, gate, a):
        gain = self.gains.get(gate)
        return a if gain is None else torch.nn.functional.layer_norm(a, gain.shape, gain)

    def step(self, x, h, c):
        """One step. x: W_ih x of all gates. Returns the new h and c; c is None if the cell has none."""
        return {"rnn": self.rnn, "gru": self.gru, "lstm": self.lstm}[self.spec["cell"]](x, h, c)

    def rnn(self, x, h, c):
        return self.functions[0](self.before("h", x, linear(h, self.all_hidden))), None

    def gru(self, x, h, c):
        f, g = self.functions
        x = dict(zip(self.gates, x.chunk(len(self.gates), -1)))
        if self.kind == "before":
            r, z = (f(self.before(gate, x[gate], linear(h, self.hidden[gate]))) for gate in "rz")
            n = g(self.before("n", x["n"], linear(r * h, self.hidden["n"])))
            return n + z * (h - n), None
        u = dict(zip(self.gates, linear(h, self.all_hidden).chunk(len(self.gates), -1)))
        z = f(self.before("z", x["z"], u["z"]))
        if self.kind == "none":
            n = g(self.before("n", x["n"], u["n"]))
        else:
            r = f(self.before("r", x["r"], u["r"]))
            q = self.normal("q", u["n"]) + self.bias_hh["n"]
            n = g(self.normal("n", x["n"]) + self.bias_ih["n"] + r * q)
        return n + z * (h - n), None

    def lstm(self, x, h, c):
        f, g, k = self.functions
        n = len(self.gates)
        products = zip(self.gates, x.chunk(n, -1), linear(h, self.all_hidden).chunk(n, -1))
        a = {gate: self.before(gate, x, u) for gate, x, u in products}
        previous = self.spec["peepholes"] == "previous"

        def seen(gate, c):
            return self.peepholes[gate] * c if self.peepholes else 0

        i = f(a["i"] + seen("i", c))
        forget = {"own": lambda: f(a["f"] + seen("f", c)), "coupled": lambda: 1 - i, "none": lambda: 1}[self.kind]()
        after = forget * c + i * g(a["g"])
        o = f(a["o"] + seen("o", c if previous else after))
        return o * k(after), after
