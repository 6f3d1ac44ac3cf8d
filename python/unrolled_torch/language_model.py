"""A language model: ids of symbols -> recurrent layers -> a logit for each symbol that may come next."""

import torch
from torch import nn

from unrolled_torch.adaptive import TiedAdaptiveSoftmax
from unrolled_torch.network import Network, count


class Model(Network):
    # For each array of a batch: its axis of sequences, along which processes divide a batch.
    axes = {"inputs": 1, "targets": 1, "lengths": 0}

    def __init__(self, spec, tables):
        symbols = len(tables["vocabulary"])
        super().__init__(spec, symbols, symbols)
        self.skips_parameters = spec["softmax"] == "adaptive"

    def make_head(self, inputs, outputs):
        if self.spec["softmax"] == "full":
            return super().make_head(inputs, outputs)
        if self.spec["tied"]:
            return TiedAdaptiveSoftmax(inputs, outputs, self.spec["cutoffs"])
        head = nn.AdaptiveLogSoftmaxWithLoss(inputs, outputs, self.spec["cutoffs"], head_bias=True)
        for tail in head.tail:
            if tail[0].out_features == 0:  # a cluster has at least one feature
                tail[0], tail[1] = nn.Linear(inputs, 1, bias=False), nn.Linear(1, tail[1].out_features, bias=False)
        return head

    def outputs(self, ids, state, lengths):
        """The outputs of the recurrent layers. With zeroStart, the first step reads zeros in place of its symbol."""
        x = self.vectors(ids)
        if self.spec["zeroStart"] and state is None:
            x = torch.cat([torch.zeros_like(x[:1]), x[1:]])
        return self.read(x, state, lengths)

    def forward(self, ids, state=None, lengths=None):
        """Computes the logits [T, B, V] of the next symbol at every step of ids [T, B], and the state after the last step."""
        y, state = self.outputs(ids, state, lengths)
        if self.spec["softmax"] == "full":
            return self.project(y), state
        y = self.dropped(y)
        return self.head.log_prob(y.flatten(0, -2)).view(*y.shape[:-1], -1), state

    def loss(self, batch, state=None):
        """The sum of the losses of all targets, how many they are, and the state after the batch."""
        lengths, targets = batch.get("lengths"), batch["targets"].flatten()
        y, state = self.outputs(batch["inputs"], state, lengths)
        if self.spec["softmax"] == "full":
            total = nn.functional.cross_entropy(self.project(y).flatten(0, 1), targets, reduction="sum")
        else:
            y = self.dropped(y).flatten(0, 1)
            if self.spec["tied"]:
                total = self.head.loss(y, targets)
            else:
                total = -self.head(y[targets >= 0], targets[targets >= 0]).output.sum()
        return total, count(targets), state if lengths is None else None
