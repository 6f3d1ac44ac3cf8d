"""An embedder: a sequence -> a vector of length 1. Sequences that mean the same have similar vectors."""

import torch
from torch import nn

from unrolled_torch.network import Network
from unrolled_torch.pooling import pool


class Model(Network):
    # All sequences of a batch are compared, so that processes cannot divide it.
    axes = {"inputs": 1, "lengths": 0, "mask": None}

    def __init__(self, spec, tables):
        inputs = spec["features"] or len(tables["vocabulary"])
        super().__init__(spec, inputs, spec["size"], 0, 2 if spec["pooling"] == "mean+max" else 1)

    def forward(self, x, lengths=None):
        """Computes vectors [B, size] of ids [T, B] or scaled vectors [T, B, features]."""
        spec = self.spec
        y, _ = self.read(self.vectors(x), None, lengths)
        y = pool(y, spec["pooling"], lengths, spec["hidden"] if spec["bidirectional"] else None)
        return nn.functional.normalize(self.project(y), dim=-1)

    def sequences(self, batch):
        return batch["inputs"].shape[1] // 2

    def loss(self, batch, state=None):
        """The contrastive loss of B sequences and their partners, times B; how many they are, and no state."""
        texts, partners = self(batch["inputs"], batch["lengths"]).chunk(2)
        cosines = texts @ partners.T / self.spec["temperature"]
        right = torch.arange(len(texts), device=texts.device)
        losses = [
            nn.functional.cross_entropy(scores + batch["mask"], right, reduction="sum")
            for scores in (cosines, cosines.T)
        ]
        return sum(losses) / 2, len(texts), None
