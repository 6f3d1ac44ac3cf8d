"""Recurrent layers with any cell, connections between layers and normalisation."""

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from unrolled_torch.cells import Cell, gates, is_standard, norm_order, standard_activations
from unrolled_torch.steps import active_steps, drop


def recurrent(spec, inputs):
    return Stack(spec, inputs)


def normalise(norm, x, lengths):
    """Normalises features [T, B, N]. Batch normalisation leaves padding out, and padding stays 0."""
    if isinstance(norm, nn.LayerNorm):
        y = norm(x)
        return y if lengths is None else y * active_steps(x, lengths)[..., None]
    if lengths is None:
        return norm(x.flatten(0, 1)).view(x.shape)
    active = active_steps(x, lengths)
    y = torch.zeros_like(x)
    y[active] = norm(x[active])
    return y


class Stack(nn.Module):
    """Recurrent layers. The names of the weights are those of torch.nn, such as weight_ih_l0 and bias_hh_l1_reverse."""

    def __init__(self, spec, inputs):
        super().__init__()
        self.spec, H, G = spec, spec["hidden"], len(gates(spec))
        self.suffixes = ["", "_reverse"] if spec["bidirectional"] else [""]
        width = H * len(self.suffixes)
        for layer in range(spec["layers"]):
            below = inputs if layer == 0 else layer * width if spec["connections"] == "dense" else width
            for suffix in self.suffixes:
                shapes = {"weight_ih": (G * H, below), "weight_hh": (G * H, H), "bias_ih": (G * H,), "bias_hh": (G * H,)}
                if spec["cell"] == "lstm" and spec["peepholes"]:
                    shapes["weight_peephole"] = ((G - 1) * H,)
                if spec["gateNorm"] is True:
                    shapes["weight_norm"] = (len(norm_order(spec)) * H,)
                for name, shape in shapes.items():
                    self.register_parameter(f"{name}_l{layer}{suffix}", nn.Parameter(torch.empty(shape)))
                if spec["gateNorm"] == "batch":
                    self.add_module(f"gate_norm_l{layer}{suffix}", nn.BatchNorm1d(G * H))
            if spec["norm"] != "none":
                make = nn.LayerNorm if spec["norm"] == "layer" else nn.BatchNorm1d
                self.add_module(f"norm_l{layer}", make(width))
            if spec["connections"] == "highway" and layer > 0:
                self.add_module(f"highway_l{layer}", nn.Linear(width, width))

    def forward(self, x, state=None, lengths=None):
        """Runs x [T, B, inputs]. The state is h, or (h, c) if the cell is an LSTM: [layers * directions, B, H]."""
        spec, memory = self.spec, self.spec["cell"] == "lstm"
        if state is None:
            zeros = x.new_zeros(spec["layers"] * len(self.suffixes), x.shape[1], spec["hidden"])
            state = (zeros, zeros) if memory else zeros
        h, c = state if memory else (state, None)
        after = []
        for layer in range(spec["layers"]):
            own = slice(layer * len(self.suffixes), (layer + 1) * len(self.suffixes))
            y = x if layer == 0 else drop(x, spec["dropout"], self.training, spec["variationalDropout"])
            run = self.fused if is_standard(spec) else self.loop
            y, *states = run(y, layer, h[own], c[own] if memory else None, lengths)
            after.append(states)
            if spec["norm"] != "none":
                y = normalise(self.get_submodule(f"norm_l{layer}"), y, lengths)
            x = y if layer == 0 else self.connect(layer, x, y)
        h = torch.cat([states[0] for states in after])
        return x, (h, torch.cat([states[1] for states in after])) if memory else h

    def connect(self, layer, x, y):
        """The input of the next layer, from input and output of this one."""
        connections = self.spec["connections"]
        if connections == "residual":
            return y + x
        if connections == "dense":
            return torch.cat([x, y], -1)
        if connections == "highway":
            t = torch.sigmoid(self.get_submodule(f"highway_l{layer}")(x))
            return t * (y - x) + x
        return y

    def weights(self, layer, suffix):
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_norm", "weight_peephole"]
        found = {name: getattr(self, f"{name}_l{layer}{suffix}", None) for name in names}
        return {name: tensor for name, tensor in found.items() if tensor is not None}

    def fused(self, x, layer, h, c, lengths):
        """A layer with one of torch.nn's cells, by its fast functions."""
        spec = self.spec
        weights = [tensor for suffix in self.suffixes for tensor in self.weights(layer, suffix).values()]
        name = {"lstm": "lstm", "gru": "gru"}.get(spec["cell"], f"rnn_{(spec['activations'] or [spec['nonlinearity']])[0]}")
        two = len(self.suffixes) == 2
        if lengths is None:
            hx = [h, c] if c is not None else h
            return getattr(torch, name)(x, hx, weights, True, 1, 0.0, self.training, two, False)
        packed = pack_padded_sequence(x, lengths.cpu(), enforce_sorted=False)
        order, back = packed.sorted_indices, packed.unsorted_indices
        hx = [h[:, order], c[:, order]] if c is not None else h[:, order]
        y, *states = getattr(torch, name)(
            packed.data, packed.batch_sizes, hx, weights, True, 1, 0.0, self.training, two
        )
        y, _ = pad_packed_sequence(PackedSequence(y, packed.batch_sizes, order, back), total_length=len(x))
        return y, *(state[:, back] for state in states)

    def loop(self, x, layer, h, c, lengths):
        """A layer with any cell, step by step."""
        spec = self.spec
        given = spec["activations"] or standard_activations(spec)
        count = len(standard_activations(spec))
        active = None if lengths is None else active_steps(x, lengths)[..., None]
        outputs, hs, cs = [], [], []
        for direction, suffix in enumerate(self.suffixes):
            weights = self.weights(layer, suffix)
            own = given[direction * count : (direction + 1) * count] if len(given) > count else given
            cell = Cell(spec, weights, own)
            products = nn.functional.linear(x, weights["weight_ih"])
            if spec["gateNorm"] == "batch":
                products = self.normal_products(layer, suffix, products, lengths)
            one, memory = h[direction], None if c is None else c[direction]
            steps = [None] * len(x)
            for t in reversed(range(len(x))) if direction else range(len(x)):
                new, new_memory = cell.step(products[t], one, memory)
                if active is None:
                    steps[t] = new
                else:
                    steps[t] = new * active[t]
                    new = torch.where(active[t], new, one)
                    new_memory = None if memory is None else torch.where(active[t], new_memory, memory)
                one, memory = new, new_memory
            outputs.append(torch.stack(steps))
            hs.append(one)
            cs.append(memory)
        return torch.cat(outputs, -1), torch.stack(hs), *([] if c is None else [torch.stack(cs)])

    def normal_products(self, layer, suffix, products, lengths):
        """Normalises W_ih x over the batch. Its features are in the order of norm_order, without q."""
        letters = gates(self.spec)
        order = norm_order(self.spec).replace("q", "")
        blocks = dict(zip(letters, products.chunk(len(letters), -1)))
        norm = self.get_submodule(f"gate_norm_l{layer}{suffix}")
        y = normalise(norm, torch.cat([blocks[gate] for gate in order], -1), lengths)
        blocks = dict(zip(order, y.chunk(len(order), -1)))
        return torch.cat([blocks[gate] for gate in letters], -1)
