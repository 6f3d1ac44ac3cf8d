"""Runs recurrent layers over the steps of sequences, [T, B, ...]. Sequences may have padding at their ends."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def run(rnn, x, state=None, lengths=None):
    """Runs nn.LSTM, nn.GRU, nn.RNN or a Stack. Returns outputs [T, B, H], which are 0 past a sequence's end, and the last states."""
    if not isinstance(rnn, nn.RNNBase):
        return rnn(x, state, lengths)
    if lengths is None:
        return rnn(x, state)
    y, state = rnn(pack_padded_sequence(x, lengths.cpu(), enforce_sorted=False), state)
    return pad_packed_sequence(y, total_length=len(x))[0], state


def drop(x, p, training, variational=False):
    """Dropout. If it is variational, all steps of a sequence have the same mask."""
    if not training or p == 0:
        return x
    mask = nn.functional.dropout(torch.ones_like(x[:1] if variational else x), p)
    return x * mask


def active_steps(x, lengths):
    """Tells which steps [T, B] of x are not padding."""
    return torch.arange(len(x), device=x.device)[:, None] < lengths.to(x.device)[None]
