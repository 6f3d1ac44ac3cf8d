"""A forecaster: scaled rows of a series -> recurrent layers -> scaled forecasts."""

from torch import nn

from unrolled_torch.network import Network


class Model(Network):
    # For each array of a batch: its axis of windows, along which processes divide a batch.
    axes = {"inputs": 1, "targets": 1}

    def __init__(self, spec, tables):
        outputs = (spec["horizon"] if spec["strategy"] == "joint" else 1) * len(spec["targets"])
        super().__init__(spec, len(spec["columns"]) * (2 if spec["changes"] else 1), outputs)

    def forward(self, rows, state=None):
        """Computes forecasts [T, B, outputs] from scaled rows [T, B, inputs], and the state after the last row."""
        y, state = self.read(rows, state)
        return self.project(y), state

    def loss(self, batch, state=None):
        """The sum of the losses of all steps, how many they are, and no state."""
        y, _ = self(batch["inputs"])
        function = {"mse": nn.functional.mse_loss, "mae": nn.functional.l1_loss}[self.spec["loss"]]
        steps = y.shape[0] * y.shape[1]
        return function(y, batch["targets"]) * steps, steps, None
