"""The data of an encoder-decoder or autoencoder: pairs of sequences, or single ones, and their batches."""

import torch

from unrolled_torch.batches import hold_out
from unrolled_torch.pairs import Pairs, Vectors
from unrolled_torch.tables import Form, field_of, format_of, read_objects, read_table, trim
from unrolled_torch.text import Tokenizer
from unrolled_torch.vectors import scaled, vectors_of

SOURCE, TARGET = ("source", "textColumn"), ("target", "labelColumn")
# Further columns of a line are not read, such as the origin of a translation.
PAIR_FORM = Form([SOURCE, TARGET], lambda line: [*map(trim, line.split("\t")[:2]), None][:2], ignores_rest=True)
TEXT_FORM = Form([("text", "textColumn")], lambda line: [trim(line)])

# Usual names of fields beside vectors.
TARGETS = "target tgt output text transcript translation answer summary label".split()


def open_data(config, file, recipe):
    """Reads pairs, texts or vectors. Returns their batches."""
    spec = config["spec"]
    examples = read_vectors(config, file) if spec["features"] else read_texts(config, file)
    parts = hold_out(examples, recipe["seed"])
    if spec["features"] and spec["task"] == "autoencoder":
        return Vectors(*([vectors for vectors, _ in part] for part in parts), recipe, config)
    encoder = PairEncoder(config)
    return Pairs(*([encoder.encode(*pair) for pair in part] for part in parts), encoder.end, recipe, config)


def read_texts(config, file):
    """Reads pairs of texts. The two texts of an autoencoder are the same."""
    reading = config.get("reading", {})
    if config["spec"]["task"] == "encoder-decoder":
        return read_table(file, reading, PAIR_FORM)
    return [(text, text) for text, in read_table(file, reading, TEXT_FORM)]


def read_vectors(config, file):
    """Reads sequences of vectors from JSON, with the targets of an encoder-decoder. Returns scaled vectors and texts."""
    tables, spec, reading = config["tables"], config["spec"], config.get("reading", {})
    is_pair = spec["task"] == "encoder-decoder"
    format = format_of(file, reading)
    if format not in ("json", "jsonl"):
        raise SystemExit(f"{file}: vectors are read from JSON; call the file .jsonl, with an object in each line, or .json")
    objects = read_objects(file, format)
    usual = ["vectors", "input", *(["source", "src"] if is_pair else ["sequence"])]
    source = named(file, objects, reading, "textColumn", usual)
    target = named(file, objects, reading, "labelColumn", TARGETS) if is_pair else None
    examples = []
    for where, fields in objects:
        place = f"{file}, {where}"
        steps = vectors_of(place, fields.get(source), spec["features"])
        text = trim(text_in(place, fields, target)) if is_pair else ""
        examples.append((scaled(steps, tables["scaling"]), text))
    return examples


def named(file, objects, reading, column, usual):
    """The name of a field: the one that the reading names, else the first usual one that the first object has."""
    names = [str(reading[column])] if column in reading else usual
    where, fields = objects[0]
    name = field_of(fields, names)
    if name is None:
        raise SystemExit(f"{file}, {where}: no field {' or '.join(names)}; rename the field of the file")
    return name


def text_in(place, fields, name):
    value = fields.get(name)
    if not isinstance(value, str) or not trim(value):
        raise SystemExit(f"{place}: {name} is {value!r}, expected a text in quotes")
    return value


class PairEncoder:
    """Turns a source and a target into ids."""

    def __init__(self, config):
        spec, tables = config["spec"], config["tables"]
        self.tokenizer, self.lower_case = Tokenizer(config), spec.get("lowerCase", False)
        self.levels = [spec.get("level", spec.get(name)) for name in ("sourceLevel", "targetLevel")]
        symbols = [tables.get(name, tables.get("vocabulary", [])) for name in ("source", "target")]
        self.source, self.target = ({symbol: id for id, symbol in enumerate(table)} for table in symbols)
        self.end = self.target["<EOS>"]

    def encode(self, source, target):
        """Returns the ids of the source, unless it is vectors, those of the target, and those that the decoder is expected to write."""
        if isinstance(source, str):
            source = self.ids(self.source, self.source_tokens(source))
        inputs = self.ids(self.target, self.tokenizer.tokens(target, self.levels[1]))
        return source, inputs, inputs.masked_fill(inputs == self.target.get("<UNK>", -1), -100)

    def source_tokens(self, text):
        cased = self.tokenizer.normal(text).lower() if self.lower_case else text
        tokens = self.tokenizer.tokens(cased, self.levels[0])
        if not tokens:
            raise SystemExit(f"the source {text!r} has no tokens; leave it out")
        return tokens

    def ids(self, table, tokens):
        # A token that is spelt like the end symbol counts as unknown.
        unknown = table.get("<UNK>", self.end)
        return torch.tensor([unknown if token == "<EOS>" else table.get(token, unknown) for token in tokens], dtype=torch.int64)
