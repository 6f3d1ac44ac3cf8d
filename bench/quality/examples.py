"""The networks of the examples in PyTorch: trains one on train.tsv of a folder, prints its score on dev.tsv as JSON.

python examples.py classifier FOLDER --seed 0 --hidden 32 ...: see examples.mjs for the arguments of every row. Each line of the files is a
text, a tab and a label or target. Tokens are letters (--level char) or lie between spaces. The recipe is plain: Adam at a constant
rate, without moving average, early stopping or special starts.
"""

import argparse, collections, json, random, time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

PAD, UNKNOWN, END = 0, 1, 2


def read(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t")[:2] for line in file if line.strip()]


def tokens(text, level):
    return list(text) if level == "char" else text.split(" ")


class Table:
    """Numbers for tokens that occur at least `least` times."""

    def __init__(self, sequences, least=1):
        counts = collections.Counter(token for sequence in sequences for token in sequence)
        self.ids = {token: i for i, token in enumerate((t for t, n in counts.items() if n >= least), 3)}
        self.size = len(self.ids) + 3

    def __call__(self, sequence):
        return torch.tensor([self.ids.get(token, UNKNOWN) for token in sequence])


class Reader(nn.Module):
    """Embedding (0: one-hot; or vectors), dropout and one recurrent layer."""

    def __init__(self, args, inputs, cell, hidden, both, width=None):
        super().__init__()
        self.inputs, self.vectors = inputs, width is not None
        self.embedding = nn.Embedding(inputs, args.embedding) if args.embedding and not self.vectors else None
        self.drop = nn.Dropout(args.input_dropout)
        size = width or args.embedding or inputs
        self.rnn = cell(size, hidden, batch_first=True, bidirectional=both)

    def forward(self, x, lengths, state=None):
        if self.embedding:
            x = self.embedding(x)
        elif not self.vectors:
            x = F.one_hot(x, self.inputs).float()
        packed = pack_padded_sequence(self.drop(x), lengths, batch_first=True, enforce_sorted=False)
        output, state = self.rnn(packed, state)
        return pad_packed_sequence(output, batch_first=True)[0], state


class Pooled(nn.Module):
    """Classifier, embedder or, with pooling `none`, tagger."""

    def __init__(self, args, inputs, outputs, width=None):
        super().__init__()
        self.reader, self.pooling = Reader(args, inputs, nn.LSTM, args.hidden, True, width), args.pooling
        self.drop = nn.Dropout(args.dropout)
        self.head = nn.Linear(args.hidden * (4 if args.pooling == "mean+max" else 2), outputs)

    def forward(self, x, lengths):
        y, (h, _) = self.reader(x, lengths)
        if self.pooling == "last":
            y = torch.cat([h[0], h[1]], -1)
        elif self.pooling == "mean+max":
            past = (torch.arange(y.shape[1])[None] >= lengths[:, None])[:, :, None]
            mean = y.masked_fill(past, 0).sum(1) / lengths[:, None]
            y = torch.cat([mean, y.masked_fill(past, -1e9).max(1).values], -1)
        return self.head(self.drop(y))


class SequenceToSequence(nn.Module):
    """Bidirectional GRU and GRU decoder, with dot-product attention (Luong) or none."""

    def __init__(self, args, sources, targets):
        super().__init__()
        self.attention = args.attention
        half = args.hidden // 2 if args.both else args.hidden
        self.encoder = Reader(args, sources, nn.GRU, half, args.both)
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


def padded(sequences):
    return pad_sequence(sequences, batch_first=True), torch.tensor([len(s) for s in sequences])


def train(args, model, examples, loss_of):
    """Trains for args.epochs; returns iterations and seconds."""
    optimizer, steps, start = torch.optim.Adam(model.parameters(), lr=args.lr), 0, time.time()
    rng = random.Random(args.seed)
    for _ in range(args.epochs):
        model.train()
        order = rng.sample(examples, len(examples))
        for i in range(0, len(order), args.batch):
            batch = order[i : i + args.batch]
            if len(batch) < 2:
                continue
            optimizer.zero_grad()
            loss_of(batch).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5)
            optimizer.step()
            steps += 1
    model.eval()
    return steps, time.time() - start


def inputs_of(args, rows):
    """The sequences of a part: texts, or JSON lists of vectors."""
    if args.features:
        return [torch.tensor(json.loads(text)) for text, _ in rows]
    return [tokens(text, args.level) for text, _ in rows]


def labels(args, parts):
    """Classifier and tagger: the share of right labels, in percent."""
    x = [inputs_of(args, part) for part in parts]
    tagger = args.pooling == "none"
    y = [[label.split(" ") if tagger else [label] for _, label in part] for part in parts]
    classes = {label: i for i, label in enumerate(sorted({label for row in y[0] for label in row}))}
    table = None if args.features else Table(x[0], args.least)
    scale = torch.cat(x[0]) if args.features else None
    turn = (lambda v: (v - scale.mean(0)) / scale.std(0)) if args.features else table
    data = [
        [(turn(a), torch.tensor([classes.get(label, -100) for label in b])) for a, b in zip(*part)] for part in zip(x, y)
    ]
    model = Pooled(args, table.size if table else 0, len(classes), args.features or None)

    def logits_of(batch):
        wanted = pad_sequence([b for _, b in batch], batch_first=True, padding_value=-100)
        told = model(*padded([a for a, _ in batch]))
        return (told if tagger else told[:, None]).flatten(0, 1), wanted.flatten()

    done = train(args, model, data[0], lambda batch: F.cross_entropy(*logits_of(batch)))
    told, wanted = logits_of(data[1])
    known = sum(len(b) for _, b in data[1])
    return 100 * (told.argmax(-1) == wanted).sum().item() / known, done


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def sequences(args, parts):
    """Encoder-decoder and autoencoder: the token error rate of greedy search, in percent."""
    split = [[(tokens(a, args.level), tokens(b, args.level)) for a, b in part] for part in parts]
    source, target = Table([a for a, _ in split[0]]), Table([b for _, b in split[0]])
    model = SequenceToSequence(args, source.size, target.size)
    start, end = torch.tensor([END]), torch.tensor([END])

    def loss_of(batch):
        encoded = model.encode(*padded([source(a) for a, _ in batch]))
        given, lengths = padded([torch.cat([start, target(b)]) for _, b in batch])
        wanted, _ = padded([torch.cat([target(b), end]) for _, b in batch])
        told, _ = model.decode(given, lengths, *encoded)
        return F.cross_entropy(told.flatten(0, 1), wanted.flatten(), ignore_index=PAD)

    done = train(args, model, split[0], loss_of)
    with torch.no_grad():
        x, lengths = padded([source(a) for a, _ in split[1]])
        memory, past, state = model.encode(x, lengths)
        last, written = torch.full((len(x), 1), END), []
        for _ in range(2 * int(lengths.max()) + 10):
            told, state = model.decode(last, torch.ones(len(x)), memory, past, state)
            last = told.argmax(-1)
            written.append(last[:, 0])
    wrong = total = 0
    for (_, b), row in zip(split[1], torch.stack(written, 1).tolist()):
        row = row[: row.index(END)] if END in row else row
        # An unknown token of the right target is an error, whatever is written.
        wanted = [target.ids.get(token, -1) for token in b]
        wrong, total = wrong + distance(row, wanted), total + len(wanted)
    return 100 * wrong / total, done


def pairs(args, parts):
    """Embedder: the share of texts whose nearest partner is the right one, in percent."""
    split = [[(tokens(a, args.level), tokens(b, args.level)) for a, b in part] for part in parts]
    table = Table([text for pair in split[0] for text in pair], args.least)
    model = Pooled(args, table.size, args.size)
    vectors = lambda texts: F.normalize(model(*padded([table(text) for text in texts])), dim=-1)

    def loss_of(batch):
        a, b = vectors([a for a, _ in batch]), vectors([b for _, b in batch])
        told, wanted = a @ b.T / 0.05, torch.arange(len(batch))
        return (F.cross_entropy(told, wanted) + F.cross_entropy(told.T, wanted)) / 2

    done = train(args, model, split[0], loss_of)
    with torch.no_grad():
        told = vectors([a for a, _ in split[1]]) @ vectors([b for _, b in split[1]]).T
    return 100 * (told.argmax(-1) == torch.arange(len(told))).float().mean().item(), done


class LanguageModel(nn.Module):
    """LSTM whose output layer shares the embedding's weights."""

    def __init__(self, args, size):
        super().__init__()
        self.reader, self.drop = Reader(args, size, nn.LSTM, args.hidden, False), nn.Dropout(args.dropout)
        self.head = nn.Linear(args.hidden, size)
        self.head.weight = self.reader.embedding.weight
        nn.init.uniform_(self.head.weight, -0.1, 0.1)

    def forward(self, x, lengths):
        return self.head(self.drop(self.reader(x, lengths)[0]))


def lines(args, parts):
    """Language model of lines: nats per token, with the end of each line."""
    split = [[tokens(row[0], args.level) for row in part] for part in parts]
    table = Table(split[0], args.least)
    model, end = LanguageModel(args, table.size), torch.tensor([END])

    def loss_of(batch):
        given, lengths = padded([torch.cat([end, table(row)]) for row in batch])
        wanted, _ = padded([torch.cat([table(row), end]) for row in batch])
        return F.cross_entropy(model(given, lengths).flatten(0, 1), wanted.flatten(), ignore_index=PAD)

    done = train(args, model, split[0], loss_of)
    with torch.no_grad():
        return loss_of(split[1]).item(), done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["labels", "sequences", "pairs", "lines"])
    parser.add_argument("folder")
    for name, default in dict(seed=0, hidden=64, embedding=64, size=64, batch=32, epochs=10, least=1, features=0).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in {"dropout": 0.0, "input-dropout": 0.0, "lr": 0.002}.items():
        parser.add_argument(f"--{name}", type=float, default=default)
    for name, default in dict(level="word", pooling="mean+max", attention="dot").items():
        parser.add_argument(f"--{name}", default=default)
    parser.add_argument("--one-way", dest="both", action="store_false")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    parts = [read(f"{args.folder}/{name}.tsv") for name in ("train", "dev")]
    score, (iterations, seconds) = dict(labels=labels, sequences=sequences, pairs=pairs, lines=lines)[args.kind](args, parts)
    print(json.dumps({"score": score, "iterations": iterations, "seconds": round(seconds, 2)}))


main()
