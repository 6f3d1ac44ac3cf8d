"""The data of an embedder: pairs of texts or of sequences of vectors, and their batches."""

import torch

from unrolled_torch.batches import hold_out
from unrolled_torch.contrast import Contrast
from unrolled_torch.json_fields import Field, vector_objects
from unrolled_torch.tables import Form, read_table, refuse_matches, trim
from unrolled_torch.text import Tokenizer
from unrolled_torch.vectors import scaled, vectors_of

# Columns that may say whether a pair belongs together, and those that do so if the columns of the pair were not named.
MATCHES = ["is duplicate", "is paraphrase"]
GRADES = ["label", "score", "similarity", "quality"]


def open_data(config, file, recipe):
    """Reads pairs from a file. Returns their batches."""
    pairs = read_vectors(config, file) if config["spec"]["features"] else read_texts(config, file)
    if len(pairs) < 4:
        raise SystemExit(f"{len(pairs)} pairs, expected at least 4: 2 to train on and 2 to validate on")
    train, validation = hold_out(pairs, recipe["seed"])
    if len(validation) == 1:
        validation.append(train.pop(0))
    return Contrast(train, validation, recipe["batch"], recipe["seed"])


class Keys:
    """Gives equal numbers to equal sequences."""

    def __init__(self):
        self.numbers = {}

    def of(self, *sequences):
        return [self.numbers.setdefault(sequence, len(self.numbers)) for sequence in sequences]


def divide(line):
    """Cuts a line at its tabs. A text without a partner is its own."""
    cells = [trim(cell) for cell in line.split("\t")]
    return [cells[0], cells[1] if len(cells) > 1 else cells[0]]


def read_texts(config, file):
    """Reads pairs of texts from lines or a table."""
    form = Form([("text", "textColumn"), ("partner", "labelColumn")], divide, ignores_rest=True, matches=MATCHES + GRADES)
    level, tokenizer, keys = config["spec"]["level"], Tokenizer(config), Keys()
    ids = {symbol: id for id, symbol in enumerate(config["tables"]["vocabulary"])}
    if "<UNK>" not in ids:
        raise SystemExit("the vocabulary of the model has no <UNK>; train it in JavaScript")

    def encode(text):
        normal = tokenizer.normal(text)
        tokens = tokenizer.tokens(normal.lower() if level == "word" else normal, level)
        if not tokens:
            raise SystemExit(f"{file}: {text!r} has no tokens; remove it")
        return torch.tensor([ids.get(token, ids["<UNK>"]) for token in tokens])

    return [([encode(text) for text in pair], keys.of(*pair)) for pair in read_table(file, config.get("reading", {}), form)]


def read_vectors(config, file):
    """Reads pairs of sequences of vectors from JSON. A sequence without a partner is its own."""
    features, scaling, reading = config["spec"]["features"], config["tables"]["scaling"], config.get("reading", {})
    named = "textColumn" in reading or "labelColumn" in reading
    form = Form([], divide, matches=MATCHES if named else MATCHES + GRADES)
    first = Field(["vectors", "input", "anchor", "text", "sequence"], reading.get("textColumn"))
    second = Field(["partner", "positive", "vectors 2", "vectors2"], reading.get("labelColumn"))
    pairs, keys = [], Keys()
    for place, fields in vector_objects(file, reading):
        own, other = vectors_of(place, first.value(place, fields), features), second.value_or_none(fields)
        if other is not None:
            refuse_matches(place, [name for name, value in fields.items() if not isinstance(value, (list, dict))], [], form)
        partner = own if other is None else vectors_of(place, other, features)
        pairs.append(([scaled(side, scaling) for side in (own, partner)], keys.of(exact(own), exact(partner))))
    return pairs


def exact(vectors):
    """The numbers of a sequence in float32, to compare it with others."""
    return str((vectors.float() + 0.0).tolist())
