"""An embedder: a sequence -> a vector of length 1. Sequences that mean the same have similar vectors."""

import torch
import torch.distributed as dist
from torch import nn

from unrolled_torch.network import Network
from unrolled_torch.pooling import pool


class Model(Network):
    # For each array of a batch: its axis of pairs, along which processes divide a batch. None: all have the whole array.
    axes = {"inputs": 2, "lengths": 1, "targets": 0, "keys": None}

    def __init__(self, spec, tables):
        inputs = spec["features"] or len(tables["vocabulary"])
        super().__init__(spec, inputs, spec["size"], 0, 2 if spec["pooling"] == "mean+max" else 1)

    def forward(self, x, lengths=None):
        """Computes vectors [B, size] of ids [T, B] or scaled vectors [T, B, features]."""
        spec = self.spec
        y, _ = self.read(self.vectors(x), None, lengths)
        y = pool(y, spec["pooling"], lengths, spec["hidden"] if spec["bidirectional"] else None)
        return nn.functional.normalize(self.project(y), dim=-1)

    def embed(self, batch):
        """The vectors [2, B, size] of B sequences and of their partners."""
        y = self(batch["inputs"].flatten(1, 2), batch["lengths"].flatten())
        return y.view(2, -1, y.shape[-1])

    def sequences(self, batch):
        return batch["keys"].shape[1]

    def loss(self, batch, state=None):
        """
        The contrastive loss of B sequences and their partners, times B; how many they are, and no state. Targets are the places of pairs
        in the whole batch. All are compared with all, so each process has the whole loss, but only the gradients of its own pairs.
        """
        B = self.sequences(batch)
        texts, partners = from_all(self.embed(batch), batch["targets"], B)
        cosines = texts @ partners.T / self.spec["temperature"] + apart(batch["keys"])
        right = torch.arange(B, device=cosines.device)
        losses = [nn.functional.cross_entropy(scores, right, reduction="sum") for scores in (cosines, cosines.T)]
        return sum(losses) / 2, B, None


def apart(keys):
    """A mask [B, B] for the scores: pairs with the same sequence or the same partner are no wrong answers to each other."""
    alike = (keys[:, :, None] == keys[:, None]).any(0)
    return alike.fill_diagonal_(False) * -1e9


def from_all(vectors, places, B):
    """Joins the vectors [2, own, size] of all processes to those of the whole batch. Gradients reach the own ones."""
    counted = places >= 0
    own = vectors.new_zeros(2, B, vectors.shape[-1]).index_copy(1, places[counted], vectors[:, counted])
    if not dist.is_initialized():
        return own
    whole = own.detach().clone()
    dist.all_reduce(whole)
    return own + (whole - own.detach())
