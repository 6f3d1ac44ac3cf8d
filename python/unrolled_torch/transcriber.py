"""A transcriber: vectors -> recurrent layers -> a score for each symbol and for the blank, at every step."""

import torch
from torch import nn

from unrolled_torch.network import Network


class Model(Network):
    # For each array of a batch: its axis of sequences, along which processes divide a batch. None: all have the whole array.
    axes = {"inputs": 1, "targets": 0, "lengths": 0, "learnt": None, "examples": 0}

    def __init__(self, spec, tables):
        super().__init__(spec, spec["features"] * spec["stack"], len(tables["symbols"]) + 1)

    def forward(self, x, lengths=None):
        """Computes logits [T, B, symbols + 1] of scaled vectors [T, B, stack * features]. Class 0 is the blank."""
        y, _ = self.read(x, None, lengths)
        return self.project(y)

    def loss(self, batch, state=None):
        """The sum of the losses of all texts, the number of their symbols, and no state. Targets of -100 are padding."""
        lengths, targets = batch["lengths"], batch["targets"].cpu()
        texts = [row[row >= 0] for row in targets]
        # In float64: a loss sums over all steps.
        log_probabilities = self(batch["inputs"], lengths).double().log_softmax(-1)
        total = nn.functional.ctc_loss(
            log_probabilities,
            torch.cat(texts).to(log_probabilities.device),
            lengths,
            torch.tensor([len(text) for text in texts]),
            reduction="sum",
            zero_infinity=True,
        )
        if not batch["learnt"]:
            # No symbol counts: the batch has no gradient, and a loss to report only in training.
            total = 0 * total + total.detach() * self.training
        # Texts without enough steps do not count.
        counted = sum(len(text) for text, steps in zip(texts, lengths.tolist()) if steps_needed(text.tolist()) <= steps)
        return total, counted, None


def steps_needed(symbols):
    """A text needs a step for each symbol, and one between two equal ones."""
    return len(symbols) + sum(a == b for a, b in zip(symbols, symbols[1:]))
