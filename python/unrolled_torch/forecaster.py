"""A forecaster: scaled rows of a series -> recurrent layers -> scaled forecasts."""

import torch
from torch import nn

from unrolled_torch.network import Network, count


class Model(Network):
    # For each array of a batch: its axis of windows, along which processes divide a batch.
    axes = {"inputs": 1, "expected": 1, "targets": 1}

    def __init__(self, spec, tables):
        outputs = (spec["horizon"] if spec["strategy"] == "joint" else 1) * len(spec["targets"])
        super().__init__(spec, len(spec["columns"]) * (2 if spec["changes"] else 1), outputs)
        self.scaling = tables["scaling"]

    def forward(self, rows, state=None):
        """Computes forecasts [T, B, outputs] from scaled rows [T, B, inputs], and the state after the last row."""
        y, state = self.read(rows, state)
        return self.project(y), state

    def loss(self, batch, state=None):
        """The sum of the losses of the steps that count, how many they are, and no state. Steps with a target of -100 do not count."""
        counts, expected = batch["targets"] >= 0, batch["expected"]
        if self.spec["strategy"] == "iterated" and expected.shape[2] > len(self.spec["targets"]):
            y = self.iterate(batch["inputs"], counts)
        else:
            y = self(batch["inputs"])[0][counts]
        function = {"mse": nn.functional.mse_loss, "mae": nn.functional.l1_loss}[self.spec["loss"]]
        return function(y, expected[counts], reduction="sum") / expected.shape[2], count(batch["targets"]), None

    def iterate(self, rows, counts):
        """
        Forecasts all steps up to the horizon after each row that counts, one step at a time: each forecast is read as the next row.

        rows: scaled rows [T, 1, inputs] of a series. Returns forecasts [rows that count, horizon * targets].
        """
        spec, state, origins = self.spec, None, []
        for row, counted in zip(rows, counts):
            y, state = self(row[None], state)
            if counted:
                origins.append((row, y[0], state))
        if not origins:
            return rows.new_zeros(0, spec["horizon"] * len(spec["targets"]))
        row, y, state = (join([origin[i] for origin in origins], axis) for i, axis in enumerate((0, 0, 1)))
        scales = {name: rows.new_tensor([column[name] for column in self.scaling]) for name in ("deviation", "step", "change")}
        place = [spec["targets"].index(name) for name in spec["columns"]]
        values, forecasts = row[:, : len(place)], [y]
        while len(forecasts) < spec["horizon"]:
            if spec["changes"]:
                change = y[:, place] * scales["change"]
                values = values + change / scales["deviation"]
                row = torch.cat([values, change / scales["step"]], 1)
            else:
                row = y[:, place]
            y, state = self(row[None], state)
            y = y[0]
            forecasts.append(forecasts[-1] + y if spec["changes"] else y)
        return torch.cat(forecasts, 1)


def join(parts, axis):
    """Joins arrays, or the two arrays of each state of an LSTM."""
    if isinstance(parts[0], tuple):
        return tuple(torch.cat(part, axis) for part in zip(*parts))
    return torch.cat(parts, axis)
