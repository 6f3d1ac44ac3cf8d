"""The default language model of words in PyTorch with a full softmax, one thread: the peer of workers/words.mjs, with the same protocol.

Usage: torch_words.py VOCABULARY. Reports that it is ready; then, for each line "<seconds>" on standard input, it trains that
long and answers {"secondsPerIteration"}, the best of all groups of iterations.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

HIDDEN, BATCH, STEPS = 256, 10, 35
GROUP = 5  # iterations between two readings of the clock
PLACES = 60


class WordModel(nn.Module):
    """Embedding -> dropout -> LSTM -> dropout -> one logit for each word, with the embedding's weights."""

    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, HIDDEN)
        self.input_dropout = nn.Dropout(0.2)
        self.rnn = nn.LSTM(HIDDEN, HIDDEN)
        self.dropout = nn.Dropout(0.4)
        self.head = nn.Linear(HIDDEN, vocabulary)
        self.head.weight = self.embedding.weight
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -0.08, 0.08)

    def forward(self, tokens, state):
        output, state = self.rnn(self.input_dropout(self.embedding(tokens)), state)
        return self.head(self.dropout(output)), state


class Training:
    """Adam, gradients of the loss summed over the steps, clipped by their norm, state carried over."""

    def __init__(self, vocabulary):
        torch.manual_seed(1)
        self.vocabulary = vocabulary
        self.model = WordModel(vocabulary)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.006)
        frequencies = 1 / (torch.arange(vocabulary) + 2.7)
        count = (PLACES * STEPS + 1) * BATCH
        self.text = torch.multinomial(frequencies, count, replacement=True).reshape(-1, BATCH)
        self.place = 0
        self.state = None

    def step(self):
        start = self.place * STEPS
        self.place = (self.place + 1) % PLACES
        tokens = self.text[start : start + STEPS]
        targets = self.text[start + 1 : start + STEPS + 1]
        logits, state = self.model(tokens, self.state)
        loss = F.cross_entropy(logits.reshape(-1, self.vocabulary), targets.reshape(-1))
        self.optimizer.zero_grad()
        (loss * STEPS).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), STEPS)
        self.optimizer.step()
        self.state = tuple(part.detach() for part in state)
        return loss.item()


def seconds_per_iteration(training, seconds):
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(GROUP):
            training.step()
        best = min(best, time.perf_counter() - start)
    return best / GROUP


def answer(message):
    print(json.dumps(message), flush=True)


def main():
    torch.set_num_threads(1)
    training = Training(int(sys.argv[1]))
    seconds_per_iteration(training, 1)
    answer({"ready": True})
    for line in sys.stdin:
        answer({"secondsPerIteration": seconds_per_iteration(training, float(line))})


main()
