"""Batches of pairs: a source, and a target that a decoder writes."""

import math

import torch

from unrolled_torch.batches import Buckets, pad, room_of
from unrolled_torch.philox import uniform


class Pairs:
    """Pairs of a source, the ids of its target, and those that are expected. Batches do not depend on the lengths."""

    carries_state = False

    def __init__(self, train, validation, end, recipe, config):
        """end: the symbol before and after each target"""
        self.train, self.validation, self.end, self.recipe = train, validation, end, recipe
        steps = [(len(source), len(target)) for source, target, _ in train]
        self.buckets = self.make_buckets(train, recipe["seed"], pair_room(steps, recipe["batch"], config["pairBytes"]))
        self.per_epoch = self.buckets.count
        self.drawn, self.blocks = 0, config["randomBlocks"]

    def make_buckets(self, pairs, seed, room=None):
        # Sorts by the source's length, then by the target's.
        longest = max(len(target) for _, target, _ in pairs) + 1
        lengths = [len(source) * (longest + 1) + len(target) + 1 for source, target, _ in pairs]
        return Buckets(lengths, self.recipe["batch"], seed, room, pool=1)

    def padded(self, pairs):
        edge = torch.tensor([self.end])
        return {
            "sources": pad([source for source, _, _ in pairs], 0),
            "source_lengths": torch.tensor([len(source) for source, _, _ in pairs]),
            "inputs": pad([torch.cat([edge, target]) for _, target, _ in pairs], 0),
            "targets": pad([torch.cat([expected, edge]) for _, _, expected in pairs], -100),
            "lengths": torch.tensor([len(target) + 1 for _, target, _ in pairs]),
        }

    def training(self, iteration):
        batch = self.padded([self.train[i] for i in self.buckets.at(iteration)])
        if self.teacher_forcing(iteration) == 1:
            return batch
        return {**batch, "kept": self.kept(iteration, batch["inputs"])}

    def held_out(self):
        buckets = self.make_buckets(self.validation, 1)
        return (self.padded([self.validation[i] for i in buckets.at(n)]) for n in range(buckets.count))

    def teacher_forcing(self, iteration):
        """The share of the decoder's inputs that come from the target."""
        return 1 - (1 - self.recipe["teacherForcing"]) * min(1, iteration / self.recipe["teacherForcingOver"])

    def kept(self, iteration, inputs):
        """Draws which inputs come from the target. The random numbers follow those of the iterations before, as they do in unrolled."""
        while self.drawn < iteration:
            steps = [len(self.train[i][1]) + 1 for i in self.buckets.at(self.drawn)]
            if self.teacher_forcing(self.drawn) < 1:
                self.blocks += math.ceil(len(steps) * max(steps) / 4)
            self.drawn += 1
        chances = uniform(self.recipe["seed"], self.blocks, inputs.numel())
        self.blocks += math.ceil(inputs.numel() / 4)
        self.drawn += 1
        return (chances < self.teacher_forcing(iteration)).view(inputs.shape)


class Vectors:
    """Sequences of vectors [steps, features], which are inputs and targets. Batches do not depend on the lengths."""

    carries_state = False

    def __init__(self, train, validation, recipe, config):
        if recipe["teacherForcing"] < 1:
            raise SystemExit("the decoder of an autoencoder of vectors reads no targets: leave --teacher-forcing out")
        self.train, self.validation, self.batch = train, validation, recipe["batch"]
        lengths = [len(sequence) for sequence in train]
        room = pair_room([(length, length) for length in lengths], self.batch, config["pairBytes"])
        self.buckets = Buckets(lengths, self.batch, recipe["seed"], room, pool=1)
        self.per_epoch = self.buckets.count

    @staticmethod
    def padded(sequences):
        vectors = pad(sequences, 0)
        return {"inputs": vectors, "targets": vectors, "lengths": torch.tensor([len(sequence) for sequence in sequences])}

    def training(self, iteration):
        return self.padded([self.train[i] for i in self.buckets.at(iteration)])

    def held_out(self):
        buckets = Buckets([len(sequence) for sequence in self.validation], self.batch, 1)
        return (self.padded([self.validation[i] for i in buckets.at(n)]) for n in range(buckets.count))


def pair_room(steps, batch, factors):
    """How many pairs a batch with a pair of so many steps may have.

    factors: bytes of a step of a source, of a step of a target, and of a pair of steps in each row and once
    """
    source, target, each, once = factors

    def bytes_of(rows, i):
        x, y = steps[i][0], steps[i][1] + 1
        return rows * (x * source + y * target + x * y * each) + x * y * once

    return room_of([x + y for x, y in steps], batch, bytes_of)
