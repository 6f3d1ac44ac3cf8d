"""An encoder reads a source, and a decoder writes a target: an encoder-decoder or an autoencoder."""

import torch
from torch import nn

from unrolled_torch.network import Network, Reader, count, stack_width
from unrolled_torch.scheduled_sampling import scheduled_inputs
from unrolled_torch.states import rows_of_states, state_size, states_of_rows
from unrolled_torch.steps import active_steps


def encoder_half(spec):
    """The encoder's spec. `hidden` is that of both directions together."""
    cell = spec["cell"] if spec["encoderCell"] == "same" else spec["encoderCell"]
    sizes = {"layers": spec["encoderLayers"] or spec["layers"], "hidden": spec["encoderHidden"] or spec["hidden"]}
    return {**spec, **sizes, "cell": cell, "embedding": 0 if spec["features"] else spec["embedding"], "tied": False, "head": []}


class Encoder(Reader):
    def __init__(self, spec, inputs):
        half = encoder_half(spec)
        super().__init__({**half, "hidden": half["hidden"] // (2 if spec["bidirectional"] else 1)}, inputs)

    def forward(self, sources, lengths):
        """Returns the outputs of all steps, and the last states with both directions side by side."""
        y, states = self.read(self.vectors(sources), None, lengths)
        if not self.spec["bidirectional"]:
            return y, states
        parts = states if isinstance(states, tuple) else (states,)
        joined = [torch.cat([part[0::2], part[1::2]], -1) for part in parts]
        return y, tuple(joined) if isinstance(states, tuple) else joined[0]


class Attention(nn.Module):
    """Attention of each output to the steps of its source: dot products, or additive."""

    def __init__(self, kind, width, memory):
        super().__init__()
        if kind == "additive":
            self.query = nn.Linear(width, width, bias=False)
            self.key = nn.Linear(memory, width)
            self.score = nn.Parameter(torch.empty(width))
        self.kind = kind

    def forward(self, queries, memory, lengths):
        """queries [T_y, B, D], memory [T_x, B, M] -> the context of each query, [T_y, B, M]"""
        if self.kind == "dot":
            scores = torch.einsum("ybd,xbd->byx", queries, memory)
        else:
            sums = self.query(queries)[:, None] + self.key(memory)[None]
            scores = (torch.tanh(sums) @ self.score).permute(2, 0, 1)
        padding = ~active_steps(memory, lengths).T[:, None]
        return torch.einsum("byx,xbm->ybm", scores.masked_fill(padding, -torch.inf).softmax(-1), memory)


class Decoder(Network):
    def __init__(self, spec, inputs, outputs):
        super().__init__({**spec, "bidirectional": False, "freezeVectors": False}, inputs, outputs)
        half, width = encoder_half(spec), stack_width(self.spec)
        kind = spec.get("attention", "none")
        if kind != "none":
            memory = stack_width({**half, "bidirectional": False})
            self.attention = Attention(kind, width, memory)
            self.mix = nn.Linear(memory + width, width)
        same = (half["layers"], half["hidden"]) == (spec["layers"], spec["hidden"])
        if not same or state_size(half) != state_size(spec):
            self.bridge = nn.Linear(state_size(half), state_size(spec))

    def begin(self, states):
        """The first states, from the last ones of the encoder."""
        return states_of_rows(self.bridge(rows_of_states(states)), self.spec) if hasattr(self, "bridge") else states

    def outputs(self, inputs, states, memory, source_lengths, lengths=None):
        """The outputs of all steps, and the states after them."""
        y, states = self.read(self.vectors(inputs), states, lengths)
        if hasattr(self, "attention"):
            context = self.attention(y, memory, source_lengths)
            y = torch.tanh(self.mix(torch.cat([context, y], -1)))
        return self.project(y), states

    def forward(self, inputs, encoded, source_lengths, lengths):
        memory, states = encoded
        return self.outputs(inputs, self.begin(states), memory, source_lengths, lengths)[0]


class Model(nn.Module):
    # For each array of a batch: its axis of sequences, along which processes divide a batch.
    axes = {"sources": 1, "source_lengths": 0, "inputs": 1, "targets": 1, "lengths": 0, "kept": 1}

    def __init__(self, spec, tables):
        super().__init__()
        self.spec = spec
        # Without attention, the decoder gets the states alone, which the last normalisation and gate do not change.
        above = spec["norm"] != "none" or spec["connections"] == "highway"
        self.skips_parameters = spec.get("attention", "none") == "none" and above
        source, target = (tables.get(name, tables.get("vocabulary", [])) for name in ("source", "target"))
        inputs = spec["features"] or len(source)
        self.unknown = target.index("<UNK>") if "<UNK>" in target else None
        self.encoder = Encoder(spec, inputs)
        # A decoder of vectors reads nothing: zeros.
        self.decoder = Decoder(spec, len(target) or 1, len(target) or inputs)

    def forward(self, sources, source_lengths, inputs, lengths):
        """Computes the outputs [T_y, B, symbols] of the decoder, which reads the target: teacher forcing."""
        return self.decoder(inputs, self.encoder(sources, source_lengths), source_lengths, lengths)

    def sequences(self, batch):
        """The number of sequences of a batch, by which the sum of its losses is divided for the gradient."""
        return batch["inputs"].shape[1]

    def loss(self, batch, state=None):
        """The sum of the losses of all targets, how many they are, and no state."""
        targets, lengths = batch["targets"], batch["lengths"]
        if not targets.is_floating_point():
            inputs = scheduled_inputs(self, batch) if "kept" in batch else batch["inputs"]
            y = self(batch["sources"], batch["source_lengths"], inputs, lengths)
            total = nn.functional.cross_entropy(y.flatten(0, 1), targets.flatten(), reduction="sum")
            return total, count(targets), None
        nothing = targets.new_zeros(*targets.shape[:2], 1)
        y = self(batch["inputs"], lengths, nothing, lengths)
        active = active_steps(y, lengths)
        return (y - targets)[active].square().mean(-1).sum(), int(active.sum()), None
