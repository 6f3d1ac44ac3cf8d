"""Reads the examples of a classifier or a tagger: their steps, tokens or vectors, and their labels."""

import re

from unrolled_torch.label_sets import label_cell
from unrolled_torch.sentences import read_sentences
from unrolled_torch.tables import SPACE, Form, cell_of, divide_at, field_of, format_of, read_objects, read_table, trim
from unrolled_torch.text import Tokenizer
from unrolled_torch.vectors import is_finite


def read_labelled(config, file):
    """Returns (steps, labels) of each example: a label for the whole sequence, or one for each step."""
    spec, reading = config["spec"], config.get("reading", {})
    if format_of(file, reading) in ("json", "jsonl"):
        examples = read_json(config, file)
    elif spec["features"]:
        raise SystemExit(f"{file}: the model reads vectors, which JSON has; call the file .jsonl, with an object in each line")
    elif spec["task"] == "tagger":
        examples = read_sentences(file, reading, spec["multiLabel"])
    else:
        label_first = reading.get("labelFirst", False)
        rows = read_table(file, reading, labelled_form(label_first), ["labelColumn"] if spec["multiLabel"] else [])
        examples = [(row[1], [row[0]]) if label_first else (row[0], [row[1]]) for row in rows]
    tokenizer = Tokenizer(config)
    found = [(steps_of(steps, tokenizer), [tokenizer.normal(label) for label in labels]) for steps, labels in examples]
    for steps, labels in found:
        if not steps:
            raise SystemExit(f"{file}: an example with the label {labels[0]} has no tokens; leave it out")
    return found


def labelled_form(label_first):
    """How lines with a text and its label are written."""
    text, label = ("text", "textColumn"), ("label", "labelColumn")
    if label_first:
        return Form([label, text], divide_after_label, divide_at_space)
    return Form([text, label], lambda line: divide_at(line, line.rfind("\t")))


def divide_after_label(line):
    return divide_at(line, line.find("\t")) if "\t" in line else [None, trim(line)]


def divide_at_space(line):
    line = trim(line)
    space = re.search(f"[{SPACE}]", line)
    first, rest = divide_at(line, space.start() if space else -1)
    return [first, rest or ""]


def steps_of(steps, tokenizer):
    """Tokens in the normal form of the model. A classifier reads words in lower case."""
    spec = tokenizer.spec
    if isinstance(steps, str):
        normal = tokenizer.normal(steps)
        return tokenizer.tokens(normal if spec["level"] == "char" else normal.lower(), spec["level"])
    if spec["features"]:
        return steps
    lower = spec["task"] == "classifier"
    return [tokenizer.normal(token.lower() if lower else token) for token in steps]


def read_json(config, file):
    """Reads objects with a text, a list of tokens or a list of vectors, and a label or a list of labels."""
    spec, reading = config["spec"], config.get("reading", {})
    each = spec["task"] == "tagger"
    first = "input" if spec["features"] else "tokens" if each else "text"
    sequence = reading.get("tokenColumn" if each else "textColumn", first)
    labels = reading.get("tagColumn" if each else "labelColumn", "labels" if each else None)
    if isinstance(sequence, int) or isinstance(labels, int):
        raise SystemExit(f"{file}: the model was trained on a table with columns; give such a table, not JSON")
    examples, kinds = [], set()
    for where, fields in read_objects(file, format_of(file, reading)):
        place = f"{file}, {where}"
        labels = labels or field_of(fields, ["label", "labels"])
        name, label_name = field_of(fields, [sequence]), labels and field_of(fields, [labels])
        steps = fields[name] if name else None
        if not steps or (isinstance(steps, str) and not trim(steps)):
            raise SystemExit(f"{place}: no {sequence}, or an empty one; leave the object out, or call its sequence so")
        if label_name is None:
            raise SystemExit(f"{place}: no {labels or 'label'}; leave the object out, or call its label so")
        check_steps(place, steps, spec)
        given = fields[label_name] if each else [fields[label_name]]
        if not isinstance(given, list) or (each and len(given) != len(steps)):
            raise SystemExit(f"{place}: {label_name} is not a list with a label for each step")
        kinds.update(isinstance(label, list) for label in given)
        if len(kinds) > 1:
            raise SystemExit(f"{place}: {label_name} is a list in some objects only; write lists, or texts with commas between labels")
        examples.append((steps, [json_label(place, label, spec["multiLabel"]) for label in given]))
    return examples


def json_label(place, label, multi_label):
    """A label, or several as a cell."""
    if isinstance(label, list) and multi_label and None not in label:
        return label_cell([cell_of(place, "", "label", one) for one in label])
    text = cell_of(place, "", "label", label)
    if label is None or (text == "" and not multi_label):
        raise SystemExit(f"{place}: a label is empty")
    return text


def check_steps(place, steps, spec):
    """Checks that a sequence is what the model reads."""
    if isinstance(steps, str):
        if spec["features"] or spec["task"] == "tagger":
            raise SystemExit(f"{place}: a text, expected a list of {'vectors' if spec['features'] else 'tokens'}")
    elif not isinstance(steps, list):
        raise SystemExit(f"{place}: the sequence is neither a text nor a list")
    elif not spec["features"]:
        if not all(isinstance(token, str) and token for token in steps):
            raise SystemExit(f"{place}: a token is not a text, or empty")
    elif not all(isinstance(vector, list) and len(vector) == spec["features"] and all(map(is_finite, vector)) for vector in steps):
        raise SystemExit(f"{place}: expected vectors of {spec['features']} finite numbers")
