"""The transcriber of `unrolled train --task transcriber` in PyTorch, one thread: the same network, initial weights of the same
distribution, the same recipe and the same number of mini-batches.

Usage: torch_transcriber.py FOLDER [options]. FOLDER has train.jsonl and test.jsonl. For each seed, prints a line of JSON with CER
and WER of the best path on the test part, in percent, the number of iterations ("steps") and the processor's seconds of training.
"""

import argparse
import json
import math
import random
import time

import torch
from torch import nn
from torch.nn import functional as F

POOL, LEAST_POOLS = 50, 4  # batches whose sequences are sorted by length; least number of such pools


def read(file):
    with open(file) as lines:
        return [json.loads(line) for line in lines]


class Coding:
    """Scaling of the features, and a class for each symbol; 0 is the blank."""

    def __init__(self, rows, stack):
        vectors = torch.cat([torch.tensor(row["vectors"], dtype=torch.float64) for row in rows])
        self.mean, self.std = vectors.mean(0), vectors.std(0, correction=0)
        self.symbols = sorted({symbol for row in rows for symbol in row["text"]})
        self.classes = {symbol: i + 1 for i, symbol in enumerate(self.symbols)}
        self.stack = stack
        self.width = len(self.mean) * stack

    def inputs(self, row):
        x = (torch.tensor(row["vectors"], dtype=torch.float64) - self.mean) / self.std
        x = F.pad(x.float(), (0, 0, 0, -len(x) % self.stack))
        return x.reshape(-1, self.width)

    def targets(self, row):
        return torch.tensor([self.classes[symbol] for symbol in row["text"] if symbol in self.classes])

    def text(self, labels):
        return "".join(self.symbols[label - 1] for label in labels)


class Transcriber(nn.Module):
    """Vectors -> bidirectional LSTM -> a logit for each class at each step."""

    def __init__(self, width, hidden, layers, dropout, classes):
        super().__init__()
        self.rnn = nn.LSTM(width, hidden, layers, dropout=dropout if layers > 1 else 0, bidirectional=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * hidden, classes)
        with torch.no_grad():
            for name, bias in self.rnn.named_parameters():
                if name.startswith("bias_ih"):
                    bias[hidden : 2 * hidden] = 1  # of the forget gate

    def forward(self, inputs):
        packed = nn.utils.rnn.pack_sequence(inputs, enforce_sorted=False)
        output, lengths = nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0])
        return self.head(self.dropout(output)), lengths


def epoch(lengths, batch, shuffle):
    """Yields batches of similar lengths in random order."""
    order = list(range(len(lengths)))
    shuffle(order)
    batches = []
    size = batch * max(1, min(POOL, math.ceil(len(order) / batch) // LEAST_POOLS))
    for start in range(0, len(order), size):
        pool = sorted(order[start : start + size], key=lambda i: lengths[i])
        batches += [pool[i : i + batch] for i in range(0, len(pool), batch)]
    shuffle(batches)
    yield from batches


def train(rows, coding, seed, own):
    torch.manual_seed(seed)
    model = Transcriber(coding.width, own.hidden, own.layers, own.dropout, len(coding.symbols) + 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=own.lr)
    inputs, targets = [coding.inputs(row) for row in rows], [coding.targets(row) for row in rows]
    lengths, shuffle = [len(x) for x in inputs], random.Random(seed).shuffle
    batches, steps = iter(()), min(own.iters, own.max_iters or own.iters)
    start = time.process_time()
    for step in range(steps):
        chosen = next(batches, None)
        if chosen is None:
            batches = epoch(lengths, own.batch, shuffle)
            chosen = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = own.lr * (1 + math.cos(math.pi * step / own.iters)) / 2
        logits, sizes = model([inputs[i] for i in chosen])
        labels = [targets[i] for i in chosen]
        loss = F.ctc_loss(
            F.log_softmax(logits, -1),
            torch.cat(labels),
            sizes,
            torch.tensor([len(label) for label in labels]),
            reduction="sum",
            zero_infinity=True,
        )
        optimizer.zero_grad()
        (loss / len(chosen)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), own.clip)
        optimizer.step()
    return model.eval(), steps, time.process_time() - start


def best_path(logits):
    path = logits.argmax(-1).tolist()
    return [label for label, before in zip(path, [0, *path]) if label not in (0, before)]


def edits(right, found):
    row = list(range(len(found) + 1))
    for i, a in enumerate(right, 1):
        corner, row[0] = row[0], i
        for j, b in enumerate(found, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (a != b))
    return row[-1]


def error_rate(pairs):
    return 100 * sum(edits(a, b) for a, b in pairs) / sum(len(a) for a, _ in pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--stack", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=0.005)
    parser.add_argument("--clip", type=float, default=50)
    parser.add_argument("--iters", type=int, default=1000)
    parser.add_argument("--max-iters", type=int, help="stop earlier, to measure the time")
    own = parser.parse_args()
    torch.set_num_threads(1)
    rows, test = (read(f"{own.folder}/{part}.jsonl") for part in ("train", "test"))
    coding = Coding(rows, own.stack)
    for seed in own.seeds:
        model, steps, seconds = train(rows, coding, seed, own)
        with torch.no_grad():
            written = [coding.text(best_path(model([coding.inputs(row)])[0][:, 0])) for row in test]
        texts = [(row["text"], text) for row, text in zip(test, written)]
        words = [(right.split(), found.split()) for right, found in texts]
        scores = {"cer": error_rate(texts), "wer": error_rate(words)}
        print(json.dumps({"seed": seed, **scores, "steps": steps, "seconds": seconds}), flush=True)


main()
