"""What the networks of the examples share: files, numbers for tokens, the layer that reads, and training."""

import collections, json, random, time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

PAD, UNKNOWN, END = 0, 1, 2


def read(folder):
    """The two columns of train.tsv and dev.tsv."""
    parts = []
    for name in ("train", "dev"):
        with open(f"{folder}/{name}.tsv", encoding="utf-8") as file:
            parts.append([line.rstrip("\n").split("\t")[:2] for line in file if line.strip()])
    return parts


def tokens(text, level):
    return list(text) if level == "char" else text.split(" ")


class Table:
    """Numbers for tokens that occur at least `least` times, for the `most` frequent ones together with two special ones."""

    def __init__(self, sequences, least=1, most=0):
        counts = collections.Counter(token for sequence in sequences for token in sequence)
        known = [token for token, n in (counts.most_common(most - 2) if most else counts.items()) if n >= least]
        self.ids = {token: i for i, token in enumerate(known, 3)}
        self.size = len(self.ids) + 3

    def __call__(self, sequence):
        return torch.tensor([self.ids.get(token, UNKNOWN) for token in sequence])


def inputs_of(args, parts):
    """Numbers for the texts of two parts and the size of their table; or scaled vectors, written as JSON lists, and 0."""
    if not args.features:
        texts = [[tokens(text, args.level) for text in part] for part in parts]
        table = Table(texts[0], args.least)
        return [[table(text) for text in part] for part in texts], table.size
    vectors = [[torch.tensor(json.loads(text)) for text in part] for part in parts]
    all = torch.cat(vectors[0])
    return [[(v - all.mean(0)) / all.std(0) for v in part] for part in vectors], 0


def padded(sequences):
    return pad_sequence(sequences, batch_first=True), torch.tensor([len(s) for s in sequences])


class Reader(nn.Module):
    """Embedding (0: one-hot; `inputs` 0: vectors of size `width`), dropout and one recurrent layer."""

    def __init__(self, args, inputs, cell, hidden, both, width=0):
        super().__init__()
        self.inputs = inputs
        self.embedding = nn.Embedding(inputs, args.embedding) if args.embedding and inputs else None
        self.drop = nn.Dropout(args.input_dropout)
        size = (args.embedding or inputs) + width if inputs else width
        self.rnn = cell(size, hidden, batch_first=True, bidirectional=both)

    def forward(self, x, lengths, state=None, more=None):
        """Reads tokens or vectors, with `more` numbers at each step."""
        if self.embedding:
            x = self.embedding(x)
        elif self.inputs:
            x = F.one_hot(x, self.inputs).float()
        x = x if more is None else torch.cat([x, more], -1)
        packed = pack_padded_sequence(self.drop(x), lengths, batch_first=True, enforce_sorted=False)
        output, state = self.rnn(packed, state)
        return pad_packed_sequence(output, batch_first=True)[0], state


def train(args, model, examples, loss_of):
    """Trains for args.epochs, or args.iters iterations; returns iterations and the processor's seconds."""
    optimizer, steps, start = torch.optim.Adam(model.parameters(), lr=args.lr), 0, time.process_time()
    rng = random.Random(args.seed)
    model.train()
    total = args.iters or args.epochs * -(-len(examples) // args.batch)
    while steps < total:
        order = rng.sample(examples, len(examples))
        for i in range(0, len(order), args.batch)[: total - steps]:
            steps += 1
            batch = order[i : i + args.batch]
            if len(batch) < 2:
                continue
            optimizer.zero_grad()
            loss_of(batch).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5)
            optimizer.step()
    model.eval()
    return steps, time.process_time() - start
