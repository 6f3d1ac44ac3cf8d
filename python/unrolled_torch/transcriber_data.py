"""The data of a transcriber: sequences of vectors with their texts, and their batches."""

import math
import unicodedata

import torch
from torch import nn

from unrolled_torch.batches import Buckets, hold_out, pad
from unrolled_torch.json_fields import Field, vector_objects
from unrolled_torch.selection import with_loss
from unrolled_torch.tables import trim
from unrolled_torch.transcriber import steps_needed
from unrolled_torch.vectors import scaled, vectors_of


def open_data(config, file, recipe):
    """Reads JSON with vectors and texts. Returns its batches."""
    spec, tables, reading = config["spec"], config["tables"], config.get("reading", {})
    vectors = Field(["vectors", "input"], reading.get("textColumn"))
    texts = Field(["text", "transcript", "transcription"], reading.get("labelColumn"))
    examples = []
    for place, fields in vector_objects(file, reading):
        steps = vectors_of(place, vectors.value(place, fields), spec["features"])
        text = texts.value(place, fields)
        if not isinstance(text, str):
            raise SystemExit(f"{place}: {texts.name} is {text!r}, expected a text in quotes")
        examples.append((stacked(scaled(steps, tables["scaling"]), spec["stack"]), symbols_of(trim(text))))
    train, validation = hold_out(examples, recipe["seed"])
    return Recordings(train, validation, tables["symbols"], recipe)


def symbols_of(text):
    """The symbols of a text: its characters in NFC."""
    return list(unicodedata.normalize("NFC", text))


def stacked(steps, stack):
    """Joins `stack` vectors to one. The last one is filled up with 0, the mean."""
    count, width = math.ceil(len(steps) / stack), steps.shape[1]
    return nn.functional.pad(steps, (0, 0, 0, count * stack - len(steps))).view(count, stack * width)


class Recordings:
    """Sequences of vectors with their texts. Each starts from a zero state."""

    carries_state = False
    measures = 2

    def __init__(self, train, validation, symbols, recipe):
        self.train, self.validation, self.symbols = train, validation, symbols
        self.classes = {symbol: id + 1 for id, symbol in enumerate(symbols)}
        if not any(self.has_symbols(*example) for example in train):
            raise SystemExit("no sequence has enough steps for its text: one for each symbol, and one between two equal ones")
        self.buckets = Buckets([len(steps) for steps, _ in train], recipe["batch"], recipe["seed"])
        self.per_epoch = self.buckets.count

    def classes_of(self, text):
        """The classes of a text. Symbols that the model does not know are left out."""
        known = (self.classes.get(symbol, self.classes.get("<UNK>")) for symbol in text)
        return torch.tensor([label for label in known if label is not None], dtype=torch.int64)

    def has_symbols(self, steps, text):
        """Whether a text has symbols, and enough steps for them."""
        classes = self.classes_of(text).tolist()
        return 0 < steps_needed(classes) <= len(steps)

    def padded(self, examples):
        return {
            "learnt": torch.tensor(any(self.has_symbols(*example) for example in examples)),
            "inputs": pad([steps for steps, _ in examples], 0),
            "targets": pad([self.classes_of(text) for _, text in examples], -100).T,
            "lengths": torch.tensor([len(steps) for steps, _ in examples]),
        }

    def training(self, iteration):
        return self.padded([self.train[i] for i in self.buckets.at(iteration)])

    def held_out(self):
        """Batches, with the places of their examples."""
        buckets = Buckets([len(steps) for steps, _ in self.validation], 64, 1)
        for chosen in map(buckets.at, range(buckets.count)):
            yield {**self.padded([self.validation[i] for i in chosen]), "examples": torch.tensor(chosen)}

    def measure(self, model, batch):
        """Writes texts by the best path. Returns the edits that make them right, and the number of symbols."""
        best = model(batch["inputs"], batch["lengths"]).argmax(-1).T.tolist()
        edits = symbols = 0
        for labels, length, example in zip(best, batch["lengths"].tolist(), batch["examples"].tolist()):
            begun = [label for before, label in zip([0, *labels], labels[:length]) if label not in (before, 0)]
            text = self.validation[example][1]
            edits += distance(text, symbols_of("".join(self.symbols[label - 1] for label in begun)))
            symbols += len(text)
        return edits, symbols

    def error(self, loss, sums):
        """The character error rate. If it is the same, the smaller loss is better."""
        return with_loss(sums[0] / max(1, sums[1]), loss)


def distance(a, b):
    """The least number of insertions, deletions and substitutions that turn a into b."""
    row = list(range(len(b) + 1))
    for i, symbol in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], before if symbol == other else 1 + min(before, row[j], row[j - 1])
    return row[-1]
