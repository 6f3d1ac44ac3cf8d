"""char-rnn's default network in PyTorch, one thread: the peer of workers/training.mjs, with the same protocol.

Usage: torch_charlm.py rnn|gru|lstm. Reports that it is ready; then, for each line "<seconds>" on standard input, it trains
that long and answers {"charactersPerSecond"}, the best of all groups of steps.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

VOCABULARY, HIDDEN, LAYERS, BATCH, STEPS = 65, 128, 2, 50, 50
GROUP = 5  # steps between two readings of the clock
CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class CharacterModel(nn.Module):
    """One-hot characters -> recurrent layers -> one logit for each character."""

    def __init__(self, cell):
        super().__init__()
        self.rnn = CELLS[cell](VOCABULARY, HIDDEN, LAYERS)
        self.head = nn.Linear(HIDDEN, VOCABULARY)

    def forward(self, tokens, state):
        x = F.one_hot(tokens, VOCABULARY).float()
        output, state = self.rnn(x, state)
        return self.head(output), state


class Training:
    """char-rnn's recipe: RMSprop, gradients of the loss summed over the steps, clipped by value, state carried over."""

    def __init__(self, cell):
        torch.manual_seed(1)
        self.model = CharacterModel(cell)
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=0.002, alpha=0.95, eps=1e-8)
        self.text = torch.randint(VOCABULARY, (80 * STEPS + 1, BATCH))
        self.place = 0
        self.state = None

    def step(self):
        start = self.place * STEPS
        self.place = (self.place + 1) % 80
        tokens = self.text[start : start + STEPS]
        targets = self.text[start + 1 : start + STEPS + 1]
        logits, state = self.model(tokens, self.state)
        loss = F.cross_entropy(logits.reshape(-1, VOCABULARY), targets.reshape(-1))
        self.optimizer.zero_grad()
        (loss * STEPS).backward()
        nn.utils.clip_grad_value_(self.model.parameters(), 5)
        self.optimizer.step()
        self.state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        return loss.item()


def characters_per_second(training, seconds):
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(GROUP):
            training.step()
        best = min(best, time.perf_counter() - start)
    return GROUP * BATCH * STEPS / best


def answer(message):
    print(json.dumps(message), flush=True)


def main():
    torch.set_num_threads(1)
    training = Training(sys.argv[1])
    characters_per_second(training, 1)
    answer({"ready": True})
    for line in sys.stdin:
        answer({"charactersPerSecond": characters_per_second(training, float(line))})


main()
