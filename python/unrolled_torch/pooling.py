"""Makes one vector of the steps of each sequence."""

import torch

from unrolled_torch.steps import active_steps


def pool(y, how, lengths=None, direction=None):
    """Makes one vector of the steps [T, B, D] of each sequence. `direction` is the width of a direction of a bidirectional network."""
    if how == "mean+max":
        return torch.cat([pool(y, "mean", lengths), pool(y, "max", lengths)], -1)
    T, B, D = y.shape
    lengths = torch.full((B,), T) if lengths is None else lengths
    lengths = lengths.to(y.device)
    if how == "mean":
        return y.sum(0) / lengths[:, None]
    if how == "max":
        return y.masked_fill(~active_steps(y, lengths)[..., None], -torch.inf).max(0).values
    last = y[lengths - 1, torch.arange(B, device=y.device)]
    if direction is None:
        return last
    backward = torch.arange(D, device=y.device) // direction % 2 == 1
    return torch.where(backward, y[0], last)
