"""The data of a forecaster: a series of rows, and the windows of rows that are its batches."""

import math

import torch

from unrolled_torch.series import read_series
from unrolled_torch.shuffle import shuffled

# Rows that are read before the first forecast of a validation. They let the recurrent state settle.
WARM_UP = 200


def open_data(config, file, recipe):
    """Reads a file of numbers. Returns its windows."""
    spec = config["spec"]
    series = read_series(file, spec["columns"], config.get("reading", {}))
    return Windows(series, Coding(spec, config["tables"]["scaling"]), recipe)


class Coding:
    """Scales rows to the inputs of the network, and the rows after them to what its outputs should be."""

    def __init__(self, spec, scaling):
        self.changes, self.horizon, self.strategy = spec["changes"], spec["horizon"], spec["strategy"]
        self.targets = [spec["columns"].index(name) for name in spec["targets"]]
        self.scales = {name: torch.tensor([column[name] for column in scaling], dtype=torch.float64) for name in scaling[0]}
        self.reach = 1 if self.strategy == "iterated" else self.horizon

    def inputs(self, values):
        """values: rows [rows, columns]. Returns [rows, inputs]: the scaled values, then their changes if the spec has them."""
        parts = [(values - self.scales["mean"]) / self.scales["deviation"]]
        if self.changes:
            before = torch.cat([values[:1], values[:-1]])
            parts.append((values - before) / self.scales["step"])
        return torch.cat(parts, 1).float()

    def expected(self, values, reach):
        """The scaled targets [rows - reach, leads * targets] of the rows after each row, `reach` at most."""
        unit = self.scales["change" if self.changes else "deviation"][self.targets]
        rows, targets = len(values) - reach, values[:, self.targets]
        origin = targets[:rows] if self.changes else self.scales["mean"][self.targets]
        leads = [reach] if self.strategy == "direct" else range(1, reach + 1)
        return torch.cat([(targets[lead : lead + rows] - origin) / unit for lead in leads], 1).float()


class Windows:
    """Batches of windows of `seq` rows. The last tenth of the series is held out."""

    carries_state = False

    def __init__(self, series, coding, recipe):
        held = max(coding.horizon, len(series) // 10)
        reach, self.batch, self.seed = coding.reach, recipe["batch"], recipe["seed"]
        train = series[: max(0, len(series) - held)]
        if len(train) <= reach:
            why = f"{held} are held out, and forecasts reach {reach} ahead"
            raise SystemExit(f"{len(series)} rows, expected at least {held + reach + 1}: {why}")
        self.inputs, self.expected = coding.inputs(train), coding.expected(train, reach)
        self.steps = min(recipe["seq"], len(train) - reach)
        self.count = len(train) - reach - self.steps + 1
        self.per_epoch = max(50, math.ceil(self.count / self.batch))
        self.round, self.order = -1, []
        past = min(len(train), WARM_UP)
        rows = series[len(train) - past :]
        counts = torch.zeros(len(rows) - coding.horizon, 1, dtype=torch.int64)
        counts[: past - 1] = -100
        expected = coding.expected(rows, coding.horizon)
        self.validation = {"inputs": coding.inputs(rows)[: len(counts), None], "expected": expected[:, None], "targets": counts}

    def start(self, n):
        """The first row of window n. Every window is used once before any is used again."""
        if n // self.count != self.round:
            self.round = n // self.count
            self.order = shuffled(self.count, self.seed, self.round)
        return self.order[n % self.count]

    def training(self, iteration):
        starts = torch.tensor([self.start(iteration * self.batch + b) for b in range(self.batch)])
        rows = starts + torch.arange(self.steps)[:, None]
        return {"inputs": self.inputs[rows], "expected": self.expected[rows], "targets": torch.zeros_like(rows)}

    def held_out(self):
        return [self.validation]
