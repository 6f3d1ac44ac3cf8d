"""The recurrent layers that torch.nn has."""

from torch import nn


def recurrent(spec, inputs):
    """Makes nn.LSTM, nn.GRU or nn.RNN."""
    own = {"nonlinearity": (spec["activations"] or [spec["nonlinearity"]])[0]} if spec["cell"] == "rnn" else {}
    return getattr(nn, spec["cell"].upper())(
        inputs,
        spec["hidden"],
        spec["layers"],
        dropout=spec["dropout"] if spec["layers"] > 1 else 0,
        bidirectional=spec["bidirectional"],
        **own,
    )
