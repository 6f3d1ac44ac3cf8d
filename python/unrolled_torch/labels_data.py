"""The data of a classifier or a tagger: sequences with labels, and their batches."""

import torch

from unrolled_torch.batches import Buckets, pad, room_for
from unrolled_torch.label_files import read_labelled
from unrolled_torch.label_scores import Scores
from unrolled_torch.label_sets import hold_out_labelled, label_set
from unrolled_torch.shuffle import random_numbers
from unrolled_torch.spellings import Speller
from unrolled_torch.thresholds import best_thresholds
from unrolled_torch.vectors import scaled

READ = 32  # sequences of a batch of validation


def open_data(config, file, recipe):
    """Reads sequences with labels. Returns their batches."""
    several = config["spec"]["multiLabel"]
    parts = hold_out_labelled(
        read_labelled(config, file),
        recipe["seed"],
        lambda example: [label for cell in example[1] for label in (label_set(cell) if several else [cell])],
    )
    return Labelled(*parts, config, recipe)


class Labelled:
    """Sequences with labels. Batches do not depend on the lengths."""

    carries_state = False
    measures = 3

    def __init__(self, train, validation, config, recipe):
        self.spec, self.seed, self.tables = config["spec"], recipe["seed"], config["tables"]
        self.labels = Labels(config)
        self.scores = Scores(self.tables["labels"], self.labels.several, self.labels.each)
        if self.spec["classWeights"] == "balanced":
            self.labels.balance(train)
        self.words = {symbol: id for id, symbol in enumerate(self.tables.get("vocabulary", []))}
        self.unknown = self.words.get("<UNK>", 0)
        self.speller = Speller(self.tables["characters"]) if self.spec["characters"] else None
        self.train, self.validation = ([self.encoded(*example) for example in part] for part in (train, validation))
        lengths = [len(inputs) for inputs, _, _ in self.train]
        self.buckets = Buckets(lengths, recipe["batch"], self.seed, room_for(lengths, recipe["batch"], config["stepBytes"]), pool=1)
        self.per_epoch = self.buckets.count

    def training(self, iteration):
        batch = self.padded([self.train[i] for i in self.buckets.at(iteration)], weighted=True)
        share = self.spec["wordDropout"]
        if share:
            draws = random_numbers(self.seed, iteration, 2)
            dropped = torch.tensor([next(draws) < share for _ in range(batch["inputs"].numel())])
            batch["inputs"].masked_fill_(dropped.view(batch["inputs"].shape), self.unknown)
        return batch

    def held_out(self):
        buckets = Buckets([len(inputs) for inputs, _, _ in self.validation], READ, 1)
        self.rows = []  # of several labels: the probabilities and the right labels of this process's targets
        for numbers in map(buckets.at, range(buckets.count)):
            yield {**self.padded([self.validation[i] for i in numbers]), "examples": torch.tensor(numbers)}

    def measure(self, model, batch):
        """Compares the predictions for a batch of validation with the right labels."""
        logits, sums = model.logits(batch), [0] * self.measures
        for b, (example, length) in enumerate(zip(batch["examples"].tolist(), batch["lengths"].tolist())):
            own = logits[:length, b] if self.labels.each else logits[b : b + 1]
            cells = self.validation[example][2]
            sums = [a + b for a, b in zip(sums, self.scores.count(own, cells))]
            if self.labels.several:
                self.rows.extend(zip(own.sigmoid().tolist(), [self.labels.hot(cell).tolist() for cell in cells]))
        return sums

    def error(self, loss, sums):
        return self.scores.error(loss, sums)

    def validated_tables(self, gather):
        """The tables that validation changes. gather: returns what all processes have"""
        if not self.labels.several:
            return {}
        return {"thresholds": best_thresholds([row for rows in gather(self.rows) for row in rows])}

    def padded(self, examples, weighted=False):
        batch = {
            "inputs": pad([inputs for inputs, _, _ in examples], 0),
            "lengths": torch.tensor([len(inputs) for inputs, _, _ in examples]),
            **self.labels.targets([labels for _, _, labels in examples], weighted),
        }
        return {**batch, **self.speller.spell([words for _, words, _ in examples])} if self.speller else batch

    def encoded(self, steps, labels):
        """The ids of an example's tokens, or its scaled vectors; its words; its labels."""
        if not self.spec["features"]:
            return torch.tensor([self.words.get(token, self.unknown) for token in steps]), steps, labels
        return scaled(torch.tensor(steps, dtype=torch.float64), self.tables["scaling"]), None, labels


class Labels:
    """Turns labels into targets. A label that the model does not know does not count."""

    def __init__(self, config):
        self.spec = config["spec"]
        self.ids = {label: id for id, label in enumerate(config["tables"]["labels"])}
        self.several, self.each = self.spec["multiLabel"], self.spec["task"] == "tagger"
        self.weights = None  # how much each label counts in the loss
        self.cells = {}  # the ids of the labels of each cell

    def balance(self, examples):
        """Chooses weights with which rare labels count as much as frequent ones. Of several labels, those of the targets that have it."""
        cells = [cell for _, labels in examples for cell in labels]
        known = [id for cell in cells for id in self.known(cell)]
        counts = torch.bincount(torch.tensor(known, dtype=torch.int64), minlength=len(self.ids)).double()
        if self.several:
            rare = (counts > 0) & (counts < len(cells))
            self.weights = torch.where(rare, (len(cells) - counts) / counts, 1)
        else:
            self.weights = torch.where(counts > 0, len(known) / ((counts > 0).sum() * counts), 0)

    def known(self, cell):
        """The ids of the known labels of a cell."""
        if cell not in self.cells:
            self.cells[cell] = [self.ids[label] for label in (label_set(cell) if self.several else [cell]) if label in self.ids]
        return self.cells[cell]

    def targets(self, labels, weighted):
        """The targets of a batch: ids of labels; of several labels, 0 and what the model has to say of each label."""
        if self.several:
            hot = self.joined([torch.stack([self.hot(cell) for cell in cells]) for cells in labels], 0)
            targets = self.joined([torch.zeros(len(cells), dtype=torch.int64) for cells in labels], -100)
            weights = torch.where(hot > 0, self.weights.float(), 1) if self.weights is not None else None
            found = {"targets": targets, "multi_hot": hot}
        else:
            ids = [torch.tensor([self.ids.get(label, -100) for label in cells]) for cells in labels]
            targets = self.joined(ids, -100)
            weights = self.target_weights(targets) if self.weights is not None else None
            found = {"targets": targets}
        return {**found, "weights": weights} if weighted and weights is not None else found

    def hot(self, cell):
        return torch.zeros(len(self.ids)).index_fill(0, torch.tensor(self.known(cell), dtype=torch.int64), 1)

    def joined(self, sequences, padding):
        """[T, B, ...] if each step has a target, else [B, ...]."""
        return pad(sequences, padding) if self.each else torch.cat(sequences)

    def target_weights(self, targets):
        """The weight of each target as a share of their mean, as in torch.nn.CrossEntropyLoss."""
        counted = targets >= 0
        own = self.weights[targets.clamp(min=0)] * counted
        return (own / (own.sum() / counted.sum())).float()
