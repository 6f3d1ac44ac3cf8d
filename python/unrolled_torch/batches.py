"""Cuts data into the same batches as unrolled."""

import math

import torch

from unrolled_torch.shuffle import shuffled


def ranges(count):
    """Cuts `count` batches or sequences into parts for training, validation and test."""
    validated = min(max(1, math.floor(count * 0.05)), count - 1)
    trained = min(max(1, math.floor(count * 0.9)), count - validated)
    return range(trained), range(trained, trained + validated)


def hold_out(examples, seed):
    """Divides examples into those to train on and a random tenth to validate with."""
    if len(examples) < 2:
        raise SystemExit(f"{len(examples)} examples, expected at least 2: 1 to train on and 1 to validate on")
    order = [examples[i] for i in shuffled(len(examples), seed)]
    size = max(1, len(examples) // 10)
    return order[size:], order[:size]


class Streams:
    """A text, cut into `batch` streams. Each batch has the next `seq` steps of every stream, and continues the batch before it."""

    carries_state = True

    def __init__(self, ids, batch, seq):
        self.batch, self.seq, self.count = batch, seq, len(ids) // (batch * seq)
        if self.count < 2:
            raise SystemExit(f"{len(ids)} symbols, expected at least {2 * batch * seq}: 2 batches of {batch} x {seq}")
        self.ids = ids[: self.count * batch * seq]
        self.train, self.validation = ranges(self.count)
        self.per_epoch = len(self.train)

    def at(self, i):
        def cut(ids):
            return ids.view(self.batch, self.count, self.seq)[:, i].T.long().contiguous()

        return {"inputs": cut(self.ids), "targets": cut(self.ids.roll(-1))}

    def training(self, iteration):
        return self.at(iteration % self.per_epoch)

    def held_out(self):
        return (self.at(i) for i in self.validation)


class Buckets:
    """Chooses the sequences of each batch. Those of a batch have similar lengths, longest first."""

    def __init__(self, lengths, batch, seed, room=None, pool=50):
        self.lengths, self.batch, self.seed, self.pool = lengths, batch, seed, pool
        room = room or (lambda i: batch)
        self.usual = [i for i in range(len(lengths)) if room(i) >= batch]
        apart = sorted((i for i in range(len(lengths)) if room(i) < batch), key=lambda i: -lengths[i])
        self.apart = []
        most = 0
        for i in apart:
            most = min(most, room(i))
            if self.apart and len(self.apart[-1]) < most:
                self.apart[-1].append(i)
            else:
                self.apart.append([i])
                most = room(i)
        self.count = math.ceil(len(self.usual) / batch) + len(self.apart)
        self.epoch, self.order = -1, []

    def at(self, i):
        """The numbers of the sequences of batch i, which continues through the epochs."""
        if i // self.count != self.epoch:
            self.epoch = i // self.count
            self.order = self.shuffle(self.epoch)
        return self.order[i % self.count]

    def shuffle(self, epoch):
        order = [self.usual[i] for i in shuffled(len(self.usual), self.seed, epoch)]
        usual = self.count - len(self.apart)
        size = self.batch * max(1, min(self.pool, usual // 4))
        for start in range(0, len(order), size):
            order[start : start + size] = sorted(order[start : start + size], key=lambda i: -self.lengths[i])
        batches = [order[start : start + self.batch] for start in range(0, len(order), self.batch)] + self.apart
        return [batches[i] for i in shuffled(self.count, self.seed, epoch, 1)]


def pad(sequences, value):
    """Stacks sequences [steps, ...] into [T, B, ...]."""
    return torch.nn.utils.rnn.pad_sequence(sequences, padding_value=value)


class Lines:
    """Separate lines. Each starts from a zero state."""

    carries_state = False

    def __init__(self, lines, batch, seed, step_bytes):
        """lines: the ids of each line, with the end symbol before and after it"""
        if len(lines) < 2:
            raise SystemExit(f"{len(lines)} lines, expected at least 2, to train and to validate")
        order = shuffled(len(lines), seed)
        train, validation = ranges(len(lines))
        self.train, self.validation = ([lines[order[i]] for i in part] for part in (train, validation))
        lengths = [len(line) - 1 for line in self.train]
        self.buckets = Buckets(lengths, batch, seed, room_for([n - 1 for n in lengths], batch, step_bytes))
        self.batch, self.per_epoch = batch, self.buckets.count

    @staticmethod
    def padded(lines):
        return {
            "inputs": pad([line[:-1] for line in lines], 0).long(),
            "targets": pad([line[1:] for line in lines], -100).long(),
            "lengths": torch.tensor([len(line) - 1 for line in lines]),
        }

    def training(self, iteration):
        return self.padded([self.train[i] for i in self.buckets.at(iteration)])

    def held_out(self):
        buckets = Buckets([len(line) - 1 for line in self.validation], self.batch, 1)
        return (self.padded([self.validation[i] for i in buckets.at(n)]) for n in range(buckets.count))


def room_for(lengths, batch, step_bytes):
    """How many sequences a batch with sequence i may have, see room_of."""
    return room_of(lengths, batch, lambda rows, i: rows * step_bytes * lengths[i])


def room_of(sizes, batch, bytes_of):
    """How many sequences a batch with sequence i may have. Sequences that are far longer than the others get small batches.

    bytes_of(rows, i): the memory of a batch with `rows` sequences that are as long as sequence i
    """
    far, count, enough = 8 * sum(sizes) / len(sizes), min(batch, len(sizes)), 2**30
    room = {
        i: max(1, math.floor(enough / bytes_of(1, i)))
        for i, size in enumerate(sizes)
        if size >= far and bytes_of(count, i) > enough
    }
    return (lambda i: min(batch, room.get(i, batch))) if room else None


def lines_of(ids, end):
    """Cuts ids at the end symbol, and puts it before and after each line. Blank lines are left out."""
    places = (ids == end).nonzero().flatten().tolist()
    edge = torch.tensor([end], dtype=ids.dtype)
    lines, start = [], 0
    for place in [*places, len(ids)]:
        if place > start:
            lines.append(torch.cat([edge, ids[start:place], edge]))
        start = place + 1
    return lines
