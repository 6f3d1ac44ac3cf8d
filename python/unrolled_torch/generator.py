"""A generator: a condition -> the first states of recurrent layers that write a sequence."""

import torch
from torch import nn

from unrolled_torch.network import Network, Reader, count
from unrolled_torch.states import rows_of_states, state_size, states_of_rows


class Model(Network):
    def __init__(self, spec, tables):
        symbols = len(tables["vocabulary"])
        super().__init__(spec, symbols, symbols)
        inputs = spec["features"] or len(tables["conditions"])
        sequence = spec["condition"] == "sequence"
        if sequence:
            own = {"embedding": 0, "inputDropout": 0} if spec["features"] else {}
            self.condition = Reader({**spec, **own}, inputs)
        self.start = nn.Linear(state_size(spec) if sequence else inputs, state_size(spec))
        # For each array of a batch: its axis of sequences, along which processes divide a batch.
        self.axes = {"inputs": 1, "targets": 1, "lengths": 0, "conditions": int(sequence), "condition_lengths": 0}

    def forward(self, ids, conditions, lengths=None, condition_lengths=None):
        """
        Computes the logits [T, B, symbols] of the next symbol, and the last states.

        conditions: vectors [B, C], one-hot for names; if they are sequences, their words [S, B] or scaled vectors [S, B, features].
        """
        if self.spec["condition"] == "sequence":
            _, states = self.condition.read(self.condition.vectors(conditions), None, condition_lengths)
            conditions = rows_of_states(states)
        first = states_of_rows(torch.tanh(self.start(conditions)), self.spec)
        y, state = self.read(self.vectors(ids), first, lengths)
        return self.project(y), state

    def loss(self, batch, state=None):
        """The sum of the losses of all targets, how many they are, and no state."""
        y, _ = self(batch["inputs"], batch["conditions"], batch["lengths"], batch.get("condition_lengths"))
        targets = batch["targets"]
        return nn.functional.cross_entropy(y.flatten(0, 1), targets.flatten(), reduction="sum"), count(targets), None
