"""Recurrent states as one vector for each sequence."""

import torch


def rows_of_states(states):
    """[layers, B, H] -> [B, layers * H]: the hidden states of all layers, then the cell states of an LSTM."""
    parts = states if isinstance(states, tuple) else (states,)
    return torch.cat([part.transpose(0, 1).flatten(1) for part in parts], -1)


def states_of_rows(rows, spec):
    """The inverse of rows_of_states, for the layers of a spec."""
    parts = rows.view(len(rows), -1, spec["layers"], spec["hidden"]).permute(1, 2, 0, 3).contiguous()
    return tuple(parts) if len(parts) == 2 else parts[0]


def state_size(spec):
    return spec["layers"] * spec["hidden"] * (2 if spec["cell"] == "lstm" else 1)
