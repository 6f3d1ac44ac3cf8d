"""An embedding, recurrent layers and a head: what models of all tasks have."""

import torch
from torch import nn

from unrolled_torch.steps import drop, run
from unrolled_torch.variants import recurrent


def stack_width(spec):
    """The number of features of the recurrent layers' output."""
    width = spec["hidden"] * (2 if spec["bidirectional"] else 1)
    return width * (spec["layers"] if spec["connections"] == "dense" else 1)


def make_head(spec, inputs, outputs):
    """nn.Linear, or with hidden layers nn.Sequential of linear layers and activations."""
    sizes = [inputs, *spec["head"], outputs]
    activation = {"relu": nn.ReLU, "tanh": nn.Tanh}[spec["headActivation"]]
    parts = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), activation())][:-1]
    return nn.Sequential(*parts) if spec["head"] else parts[0]


class Reader(nn.Module):
    """Embedding and recurrent layers. They read ids [T, B], or vectors [T, B, inputs]."""

    def __init__(self, spec, inputs, beside=0):
        super().__init__()
        self.spec, self.inputs = spec, inputs
        if spec["embedding"]:
            self.embedding = nn.Embedding(inputs, spec["embedding"])
            self.embedding.weight.requires_grad = not spec["freezeVectors"]
        self.rnn = recurrent(spec, (spec["embedding"] or inputs) + beside)

    def vectors(self, x):
        """The input of the recurrent layers: embeddings or one-hot vectors of ids; vectors stay as they are."""
        if self.spec["embedding"]:
            return self.embedding(x)
        return x if x.is_floating_point() else nn.functional.one_hot(x.long(), self.inputs).to(self.rnn.weight_ih_l0.dtype)

    def read(self, vectors, state=None, lengths=None):
        """Runs the recurrent layers. Returns their outputs [T, B, width] and last states."""
        spec = self.spec
        return run(self.rnn, drop(vectors, spec["inputDropout"], self.training, spec["variationalDropout"]), state, lengths)


class Network(Reader):
    """A reader and a head."""

    skips_parameters = False  # whether the loss of a batch may leave parameters out

    def __init__(self, spec, inputs, outputs, beside=0, pooled=1):
        super().__init__(spec, inputs, beside)
        self.head = self.make_head(pooled * stack_width(spec), outputs)
        if spec["tied"]:
            last = self.head[-1] if spec["head"] else self.head
            last.weight = self.embedding.weight

    def make_head(self, inputs, outputs):
        return make_head(self.spec, inputs, outputs)

    def sequences(self, batch):
        """The number of sequences of a batch, by which the sum of its losses is divided for the gradient."""
        return batch["inputs"].shape[1]

    def dropped(self, y):
        """Dropout before the head."""
        return drop(y, self.spec["dropout"], self.training, self.spec["variationalDropout"])

    def project(self, y):
        return self.head(self.dropped(y))


def count(targets):
    """The number of targets that count. Targets of -100 are padding."""
    return int((targets >= 0).sum())
