"""Encoder-decoder and autoencoder."""

import torch
from torch import nn
from torch.nn import functional as F

from common import END, PAD, Reader, Table, inputs_of, padded, tokens, train


class SequenceToSequence(nn.Module):
    """Bidirectional GRU and GRU decoder, with dot-product attention (Luong) or none."""

    def __init__(self, args, sources, targets):
        super().__init__()
        self.attention = args.attention
        half = args.hidden // 2 if args.both else args.hidden
        self.encoder = Reader(args, sources, nn.GRU, half, args.both, args.features)
        self.decoder = Reader(args, targets, nn.GRU, args.hidden, False)
        self.mix = nn.Linear(2 * args.hidden, args.hidden)
        self.drop, self.head = nn.Dropout(args.dropout), nn.Linear(args.hidden, targets)

    def encode(self, x, lengths):
        memory, state = self.encoder(x, lengths)
        past = torch.arange(memory.shape[1])[None] >= lengths[:, None]
        return memory, past, torch.cat(list(state), -1)[None]

    def decode(self, y, lengths, memory, past, state):
        out, state = self.decoder(y, lengths, state)
        if self.attention == "dot":
            scores = (out @ memory.transpose(1, 2)).masked_fill(past[:, None], -1e9).softmax(-1)
            out = torch.tanh(self.mix(torch.cat([scores @ memory, out], -1)))
        return self.head(self.drop(out)), state


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def sequences(args, parts):
    """Encoder-decoder and autoencoder: the token error rate of greedy search, or the share of exact targets, in percent."""
    x, size = inputs_of(args, [[text for text, _ in part] for part in parts])
    y = [[tokens(text, args.target_level or args.level) for _, text in part] for part in parts]
    target = Table(y[0])
    data = [list(zip(*part)) for part in zip(x, y)]
    model = SequenceToSequence(args, size, target.size)
    start, end = torch.tensor([END]), torch.tensor([END])

    def loss_of(batch):
        encoded = model.encode(*padded([a for a, _ in batch]))
        given, lengths = padded([torch.cat([start, target(b)]) for _, b in batch])
        wanted, _ = padded([torch.cat([target(b), end]) for _, b in batch])
        told, _ = model.decode(given, lengths, *encoded)
        return F.cross_entropy(told.flatten(0, 1), wanted.flatten(), ignore_index=PAD)

    done = train(args, model, data[0], loss_of)
    with torch.no_grad():
        given, lengths = padded(x[1])
        memory, past, state = model.encode(given, lengths)
        last, written = torch.full((len(given), 1), END), []
        for _ in range(2 * int(lengths.max()) + 10):
            told, state = model.decode(last, torch.ones(len(given)), memory, past, state)
            last = told.argmax(-1)
            written.append(last[:, 0])
    wrong = total = exact = 0
    for b, row in zip(y[1], torch.stack(written, 1).tolist()):
        row = row[: row.index(END)] if END in row else row
        # An unknown token of the right target is an error, whatever is written.
        wanted = [target.ids.get(token, -1) for token in b]
        wrong, total, exact = wrong + distance(row, wanted), total + len(wanted), exact + (row == wanted)
    return 100 * (exact / len(y[1]) if args.score == "exact" else wrong / total), done
