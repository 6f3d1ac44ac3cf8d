"""Batches of pairs, whose sequences are compared with each other."""

import math

import torch
from torch import nn

from unrolled_torch.batches import pad
from unrolled_torch.embedder import apart
from unrolled_torch.selection import with_loss
from unrolled_torch.shuffle import shuffled


class Contrast:
    """Batches of pairs of sequences. Each has two arrays of steps, and two keys, which are equal if the sequences are."""

    carries_state = False

    def __init__(self, train, validation, batch, seed):
        self.train, self.validation, self.seed = train, validation, seed
        self.batch = min(batch, len(train))
        self.per_epoch = len(train) // self.batch  # the pairs that do not fill the last batch are left out
        self.epoch, self.order = -1, []

    @staticmethod
    def batch_of(pairs):
        """Ids [T, 2, B] or vectors [T, 2, B, features]: the first sequences of B pairs, then the second ones."""
        sequences = [sequence for side in (0, 1) for sequence in [pair[0][side] for pair in pairs]]
        inputs = pad(sequences, 0)
        return {
            "inputs": inputs.view(len(inputs), 2, len(pairs), *inputs.shape[2:]),
            "lengths": torch.tensor([len(sequence) for sequence in sequences]).view(2, -1),
            "targets": torch.arange(len(pairs)),
            "keys": torch.tensor([keys for _, keys in pairs]).T.contiguous(),
        }

    def training(self, iteration):
        epoch, i = divmod(iteration, self.per_epoch)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, shuffled(len(self.train), self.seed, epoch)
        return self.batch_of([self.train[n] for n in self.order[i * self.batch : (i + 1) * self.batch]])

    def held_out(self):
        """Batches of 64 pairs. Those that do not fill the last one are left out."""
        batch = min(64, len(self.validation))
        return (self.batch_of(self.validation[i * batch : (i + 1) * batch]) for i in range(len(self.validation) // batch))

    def error(self, loss, sums):
        """1 - the mean reciprocal rank. If it is the same, the smaller loss is better."""
        return with_loss(1 - sums[0], loss)

    def measure_all(self, model):
        """The mean over all sequences of 1 / the rank of their partner, among at most 1000 partners."""
        pairs, device = self.validation, next(model.parameters()).device
        parts = [self.batch_of(pairs[i : i + 64]) for i in range(0, len(pairs), 64)]
        vectors = torch.cat([model.embed({**part, "inputs": part["inputs"].to(device)}) for part in parts], 1).double()
        texts, partners = nn.functional.normalize(vectors, dim=-1)
        keys = torch.tensor([keys for _, keys in pairs], device=device).T
        groups, total = math.ceil(len(pairs) / 1000), 0
        for group in range(groups):
            own = slice(*(math.floor(n * len(pairs) / groups + 0.5) for n in (group, group + 1)))
            cosines = texts[own] @ partners[own].T
            # Those that come before the right partner, and that one. In a tie, it is the last.
            first = (cosines >= cosines.diag()[:, None]) & (apart(keys[:, own]) == 0)
            total += first.sum(1).double().reciprocal().sum().item()
        return [total / len(pairs)]
