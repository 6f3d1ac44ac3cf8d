"""Rebuilds a model of unrolled in PyTorch, from the safetensors file with PyTorch's names that `unrolled convert` writes.

Needs torch and safetensors. Prints the probabilities for a sequence of ids:

    python from_unrolled.py model.safetensors 3 1 4
"""

import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file


def load(path):
    state, spec = load_file(path), json.loads(safe_open(path, "pt").metadata()["spec"])
    linears = [torch.nn.Linear(*w.T.shape) for name, w in state.items() if name[:5] == "head." and w.dim() == 2]
    activation = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[spec["headActivation"]]
    head = [part for linear in linears for part in (linear, activation())][:-1]
    size, more = state["rnn.weight_ih_l0"].shape[1], {"bidirectional": spec["bidirectional"], "batch_first": True}
    more |= {"nonlinearity": spec["nonlinearity"]} if spec["cell"] == "rnn" else {}
    rnn = getattr(torch.nn, spec["cell"].upper())(size, spec["hidden"], spec["layers"], **more)
    model = torch.nn.ModuleDict({"rnn": rnn, "head": torch.nn.Sequential(*head) if len(head) > 1 else head[0]})
    if "embedding.weight" in state:
        model["embedding"] = torch.nn.Embedding(*state["embedding.weight"].shape)
    model.load_state_dict(state)
    return model.eval(), spec


def logits(model, spec, ids):  # ids are [batch, time]
    one_hot = torch.nn.functional.one_hot
    x = model["embedding"](ids) if "embedding" in model else one_hot(ids, model["rnn"].input_size).float()
    y, _ = model["rnn"](x)
    if spec["task"] == "classifier":
        forward, backward = y.split([spec["hidden"], y.shape[-1] - spec["hidden"]], -1)
        last = torch.cat([forward[:, -1], backward[:, 0]], -1)  # each direction's end
        pools = {"last": last, "mean": y.mean(1), "max": y.amax(1)}
        y = torch.cat([pools[name] for name in spec["pooling"].split("+")], -1)
    return model["head"](y)


if __name__ == "__main__":
    model, spec = load(sys.argv[1])
    print(logits(model, spec, torch.tensor([[int(id) for id in sys.argv[2:]]])).softmax(-1).tolist())
