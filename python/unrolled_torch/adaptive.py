"""An adaptive softmax whose classes share their weights with the embedding."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy, linear, log_softmax


class TiedAdaptiveSoftmax(nn.Module):
    """Like nn.AdaptiveLogSoftmaxWithLoss, but row c of `weight` has the weights of class c, and clusters have no projection."""

    def __init__(self, inputs, classes, cutoffs):
        super().__init__()
        self.bounds = [*cutoffs, classes]
        self.clusters = nn.Linear(inputs, len(cutoffs), bias=False)
        self.head = nn.ParameterDict({"bias": nn.Parameter(torch.empty(cutoffs[0] + len(cutoffs)))})
        self.weight = None

    def scores(self, x):
        """The logits of frequent classes and clusters."""
        weight = torch.cat([self.weight[: self.bounds[0]], self.clusters.weight])
        return linear(x, weight, self.head["bias"])

    def log_prob(self, x):
        first = self.bounds[0]
        head = log_softmax(self.scores(x), -1)
        parts = [head[..., :first]]
        for k, (start, end) in enumerate(zip(self.bounds, self.bounds[1:])):
            tail = log_softmax(linear(x, self.weight[start:end]), -1)
            parts.append(tail + head[..., first + k, None])
        return torch.cat(parts, -1)

    def loss(self, x, targets):
        """The sum of -log P(target)."""
        first, in_head, total = self.bounds[0], targets.clone(), 0
        for k, (start, end) in enumerate(zip(self.bounds, self.bounds[1:])):
            members = (targets >= start) & (targets < end)
            in_head[members] = first + k
            tail = linear(x[members], self.weight[start:end])
            total = total + cross_entropy(tail, targets[members] - start, reduction="sum")
        return total + cross_entropy(self.scores(x), in_head, reduction="sum")
