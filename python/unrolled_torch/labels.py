"""A classifier or a tagger: tokens or vectors -> recurrent layers -> a score for each label, of a sequence or of each step."""

import torch
from torch import nn

from unrolled_torch.network import Network, count
from unrolled_torch.pooling import pool
from unrolled_torch.steps import run


class Characters(nn.Module):
    """Reads the characters of words in both directions. The last states of a word are its vector."""

    def __init__(self, spec, characters):
        super().__init__()
        self.embedding = nn.Embedding(characters, spec["characters"])
        self.rnn = nn.LSTM(spec["characters"], spec["characterHidden"], bidirectional=True)

    def forward(self, words, characters, word_lengths):
        """words [T, B]: the place of each step's word among the distinct words, whose characters are [C, words]."""
        _, (h, _) = run(self.rnn, self.embedding(characters), None, word_lengths)
        return torch.cat([h[0], h[1]], -1)[words]


class Model(Network):
    # For each array of a batch: its axis of sequences, along which processes divide a batch. None: all have the whole array.
    axes = {"inputs": 1, "lengths": 0, "words": 1, "characters": None, "word_lengths": None, "examples": 0}

    def __init__(self, spec, tables):
        pooled = 2 if spec.get("pooling") == "mean+max" else 1
        beside = 2 * spec["characterHidden"] if spec["characters"] else 0
        super().__init__(spec, spec["features"] or len(tables["vocabulary"]), len(tables["labels"]), beside, pooled)
        if spec["characters"]:
            self.characters = Characters(spec, len(tables["characters"]))
        own = 0 if spec["task"] == "classifier" else 1
        self.axes = {**self.axes, "targets": own, "weights": own, "multi_hot": own}

    def forward(self, x, lengths=None, words=None, characters=None, word_lengths=None):
        """Computes logits: [T, B, labels] of a tagger, [B, labels] of a classifier. x: ids [T, B], or scaled vectors [T, B, features]."""
        spec, x = self.spec, self.vectors(x)
        if spec["characters"]:
            x = torch.cat([x, self.characters(words, characters, word_lengths)], -1)
        y, _ = self.read(x, None, lengths)
        if spec["task"] == "classifier":
            y = pool(y, spec["pooling"], lengths, spec["hidden"] if spec["bidirectional"] else None)
        return self.project(y)

    def logits(self, batch):
        return self(batch["inputs"], *(batch.get(name) for name in ["lengths", "words", "characters", "word_lengths"]))

    def loss(self, batch, state=None):
        """The sum of the losses of all targets, how many they are, and no state."""
        logits = self.logits(batch)
        targets, weights = batch["targets"], batch.get("weights")
        if self.spec["multiLabel"]:
            hot = batch["multi_hot"]
            losses = nn.functional.binary_cross_entropy_with_logits(logits, hot, weights, reduction="none")
            return (losses * (targets >= 0)[..., None]).sum(), count(targets) * hot.shape[-1], None
        losses = nn.functional.cross_entropy(logits.flatten(0, -2), targets.flatten(), reduction="none")
        return (losses if weights is None else losses * weights.flatten()).sum(), count(targets), None
