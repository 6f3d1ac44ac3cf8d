"""Sets of labels, and a hold-out that knows them."""

import json
import re

from unrolled_torch.shuffle import shuffled
from unrolled_torch.tables import cell_of, trim


def label_set(cell):
    """Reads a set of labels: a JSON array, or labels with commas between them."""
    text = trim(cell)
    if re.fullmatch(r'"\[.*\]"', text):  # quoted as in CSV
        text = text[1:-1].replace('""', '"')
    names = entries(text) if text.startswith("[") else cell.split(",")
    names = cell.split(",") if names is None else names
    return list(dict.fromkeys(trim(name) for name in names if trim(name)))


def entries(text):
    """The entries of a JSON array as texts. None if it is none, but a label in brackets."""

    def refuse(name):
        raise ValueError(name)

    try:
        found = json.loads(text, parse_constant=refuse)
        if all(isinstance(name, (str, bool, int, float)) for name in found):
            return [cell_of("a set of labels", text, "list", name) for name in found]
    except ValueError:
        pass
    is_list = re.match(r"""\[\s*["'[{]""", text) and text.endswith("]")
    if re.match(r"\[[^,\]]*\]", text) and not is_list:
        return None
    raise SystemExit(f'{text} is not a JSON array of labels; write a,b or ["a", "b"]')


def label_cell(labels):
    """Writes a set of labels as label_set reads it."""
    plain = ",".join(labels)
    if labels and not any("," in label for label in labels) and not re.match(r'\s*"?\[', plain):
        return plain
    return json.dumps(labels, ensure_ascii=False)


def hold_out_labelled(examples, seed, labels_of):
    """Holds out a random tenth of the examples. Each label keeps an example to train on.

    Returns the examples to train on and those to validate with.
    """
    if len(examples) < 2:
        raise SystemExit(f"{len(examples)} examples, expected at least 2: 1 to train on and 1 to validate with")
    order = [examples[i] for i in shuffled(len(examples), seed)]
    size, left, held = max(1, len(examples) // 10), {}, set()
    sets = [set(labels_of(example)) for example in order]
    for label in (label for labels in sets for label in labels):
        left[label] = left.get(label, 0) + 1
    for place, labels in enumerate(sets):
        if len(held) == size:
            break
        if any(left[label] == 1 for label in labels):
            continue
        held.add(place)
        for label in labels:
            left[label] -= 1
    if not held:  # Then a tenth is in both parts.
        return order, order[:size]
    return [one for i, one in enumerate(order) if i not in held], [order[i] for i in sorted(held)]
