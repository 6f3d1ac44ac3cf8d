"""The data of a generator: sequences with their conditions, and their batches."""

import torch

from unrolled_torch.batches import Buckets, hold_out, pad, room_for
from unrolled_torch.json_fields import Field, vector_objects
from unrolled_torch.label_sets import hold_out_labelled
from unrolled_torch.tables import Form, divide_at, read_table, trim
from unrolled_torch.text import Tokenizer
from unrolled_torch.vectors import scaled, vectors_of

FORM = Form([("condition", "labelColumn"), ("sequence", "textColumn")], lambda line: divide_at(line, line.find("\t")))
READ = 64  # sequences of a batch of validation


def open_data(config, file, recipe):
    """Reads sequences with their conditions. Returns their batches."""
    spec, reading, tables = config["spec"], config.get("reading", {}), config["tables"]
    tokenizer = Tokenizer(config)
    examples = vector_examples(file, reading, spec["features"]) if spec["features"] else read_table(file, reading, FORM)
    if spec["condition"] == "single":
        examples = [(tokenizer.normal(name), text) for name, text in examples]
        parts = hold_out_labelled(examples, recipe["seed"], lambda example: [example[0]])
    else:
        parts = hold_out(examples, recipe["seed"])
    encoder = Encoder(file, spec, tables, tokenizer)
    train, validation = ([(encoder.condition(condition), encoder.sequence(text)) for condition, text in part] for part in parts)
    names = len(encoder.conditions) if spec["condition"] == "single" else 0
    return Sequences(train, validation, names, recipe, config["stepBytes"])


def vector_examples(file, reading, features):
    """Objects of JSON, with a sequence of vectors and a text."""
    vectors = Field(["condition", "vectors", "input"], reading.get("labelColumn"))
    texts = Field(["sequence", "text", "name", "sentence", "title"], reading.get("textColumn"))
    examples = []
    for place, fields in vector_objects(file, reading):
        steps, text = vectors_of(place, vectors.value(place, fields), features), texts.value(place, fields)
        if not isinstance(text, str) or not trim(text):
            raise SystemExit(f"{place}: {texts.name} is {text!r}, expected a text in quotes")
        examples.append((steps, trim(text)))
    return examples


class Encoder:
    """Turns sequences and conditions into numbers."""

    def __init__(self, file, spec, tables, tokenizer):
        self.file, self.spec, self.tables, self.tokenizer = file, spec, tables, tokenizer
        self.symbols, self.conditions = (
            {symbol: id for id, symbol in enumerate(tables.get(name, []))} for name in ("vocabulary", "conditions")
        )

    def sequence(self, text):
        """The ids of a sequence, with <EOS> before and after it. Words become lower case."""
        level = self.spec["level"]
        tokens = self.tokenizer.tokens(text if level == "char" else self.tokenizer.normal(text).lower(), level)
        return self.ids(self.symbols, ["<EOS>", *tokens, "<EOS>"])

    def condition(self, given):
        """The id of a name, the ids of words [steps], or scaled vectors [steps, features]."""
        if self.spec["features"]:
            return scaled(given, self.tables["scaling"])
        if self.spec["condition"] == "sequence":
            words = self.tokenizer.tokens(given, "word")
            if not words:
                raise SystemExit(f"{self.file}: the condition {given!r} has no words; leave it out")
            return self.ids(self.conditions, words)
        if given not in self.conditions:
            raise SystemExit(f"{self.file}: the model does not know the condition {given!r}")
        return self.conditions[given]

    def ids(self, table, tokens):
        unknown = next((token for token in tokens if token not in table), None)
        if unknown is not None and "<UNK>" not in table:
            raise SystemExit(f"{self.file}: {unknown!r} is not in the vocabulary, which has no <UNK>")
        return torch.tensor([table.get(token, table.get("<UNK>")) for token in tokens])


class Sequences:
    """Sequences with their conditions. Those of a batch have similar lengths."""

    carries_state = False

    def __init__(self, train, validation, names, recipe, step_bytes):
        """names: how many conditions there are if they are names; 0 if they are sequences"""
        self.train, self.validation, self.names = train, validation, names
        lengths = [len(ids) - 2 for _, ids in train]
        room = room_for(lengths, recipe["batch"], step_bytes)
        self.buckets = Buckets([length + 1 for length in lengths], recipe["batch"], recipe["seed"], room)
        self.per_epoch = self.buckets.count

    def padded(self, examples):
        conditions, sequences = zip(*examples)
        batch = {
            "inputs": pad([ids[:-1] for ids in sequences], 0),
            "targets": pad([ids[1:] for ids in sequences], -100),
            "lengths": torch.tensor([len(ids) - 1 for ids in sequences]),
        }
        if self.names:
            return {**batch, "conditions": torch.nn.functional.one_hot(torch.tensor(conditions), self.names).float()}
        lengths = torch.tensor([len(condition) for condition in conditions])
        return {**batch, "conditions": pad(conditions, 0), "condition_lengths": lengths}

    def training(self, iteration):
        return self.padded([self.train[i] for i in self.buckets.at(iteration)])

    def held_out(self):
        buckets = Buckets([len(ids) - 1 for _, ids in self.validation], READ, 1)
        return (self.padded([self.validation[i] for i in buckets.at(n)]) for n in range(buckets.count))
