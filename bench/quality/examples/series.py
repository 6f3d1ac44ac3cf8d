"""Forecaster, as in src/models/forecaster: it reads values and changes, and forecasts the changes of the next `horizon` rows."""

import csv

import torch
from torch import nn
from torch.nn import functional as F

from common import train

WARM_UP = 200


def read(folder):
    """Columns and rows of train.csv and dev.csv."""
    parts = []
    for name in ("train", "dev"):
        with open(f"{folder}/{name}.csv", encoding="utf-8") as file:
            columns, *rows = csv.reader(file)
            parts.append(torch.tensor([[float(cell) for cell in row] for row in rows], dtype=torch.float64))
    return columns, parts


class Forecaster(nn.Module):
    """One recurrent layer, from scaled values and changes to the changes at each step ahead."""

    def __init__(self, args, columns):
        super().__init__()
        self.rnn = dict(lstm=nn.LSTM, rnn=nn.RNN)[args.cell](2 * columns, args.hidden, batch_first=True)
        self.head = nn.Linear(args.hidden, args.horizon)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


def series(args, folder):
    """Mean absolute error, or root of the mean squared error, of all steps ahead."""
    columns, (known, held) = read(folder)
    target, ahead = columns.index(args.target) if args.target else 0, range(1, args.horizon + 1)
    changes = lambda rows, n=1: rows[n:] - rows[:-n]
    step = changes(known).square().mean(0).sqrt()
    unit = torch.cat([changes(known[:, target], n) for n in ahead]).square().mean().sqrt()

    def scaled(rows):
        """Inputs of all rows, and targets of those whose `horizon` next rows are known."""
        values = (rows - known.mean(0)) / known.std(0, correction=0)
        x = torch.cat([values, F.pad(changes(rows) / step, (0, 0, 1, 0))], -1)
        n, y = len(rows) - args.horizon, rows[:, target]
        return x.float(), (torch.stack([y[k : n + k] - y[:n] for k in ahead], -1) / unit).float()

    x, y = scaled(known)
    model = Forecaster(args, len(columns))
    windows = range(len(y) - args.seq + 1)

    def loss_of(starts):
        pick = lambda rows: torch.stack([rows[i : i + args.seq] for i in starts])
        return F.mse_loss(model(pick(x)), pick(y))

    done = train(args, model, windows, loss_of)
    x, y = scaled(torch.cat([known[-WARM_UP:], held]))
    with torch.no_grad():
        errors = (model(x[None])[0, : len(y)] - y)[WARM_UP - 1 :] * unit
    return (errors.square().mean().sqrt() if args.score == "rmse" else errors.abs().mean()).item(), done
