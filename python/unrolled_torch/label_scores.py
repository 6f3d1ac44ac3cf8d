"""The scores by which the best classifier or tagger is selected: accuracy, or the F1 of spans or of sets of labels."""

import re

from unrolled_torch.label_sets import label_set
from unrolled_torch.selection import with_loss

# Letters of the schemes of tags besides O, such as BIO and BIOES, and those that mean the same as a letter of BIOES.
SCHEMES = ["BI", "BIES", "BILU", "BMES", "BMEW"]
SAME = {"M": "I", "L": "E", "U": "S", "W": "S"}


def are_span_tags(tags):
    """Whether tags mark spans, such as O, B-LOC and I-LOC."""
    tags = [tag for tag in tags if tag != "O"]
    bare = "B" in tags and ("I" in tags or "M" in tags)
    patterns = [f"[{letters}]-.+" for letters in SCHEMES] + [f"[{letters}]" for letters in SCHEMES if bare]
    return len(tags) > 0 and any(all(re.fullmatch(pattern, tag, re.S) for tag in tags) for pattern in patterns)


def spans_of(tags):
    """The spans (type, start, end) of tags, as conlleval finds them."""
    spans, start, open_type = set(), None, None
    for i, tag in enumerate([*tags, "O"]):
        letter, kind = SAME.get(tag[0], tag[0]), tag[2:]
        if start is not None and (letter in "OBS" or kind != open_type):
            spans.add((open_type, start, i))
            start = None
        if letter != "O" and start is None:
            start, open_type = i, kind
        if start is not None and letter in "ES":
            spans.add((open_type, start, i + 1))
            start = None
    return spans


class Scores:
    """Compares predictions with the right labels. Counts hits, predictions and right ones."""

    def __init__(self, labels, several, each):
        self.labels, self.several = labels, several
        self.spans = each and not several and are_span_tags(labels)

    def count(self, logits, right):
        """logits: [targets, labels] of a sequence; right: its labels"""
        if self.several:
            found = [{label for label, logit in zip(self.labels, row) if logit >= 0} for row in logits.tolist()]
            return counts(found, [set(label_set(cell)) for cell in right])
        predicted = [self.labels[id] for id in logits.argmax(-1).tolist()]
        if self.spans:
            return counts([spans_of(predicted)], [spans_of(right)])
        return counts([{one} for one in predicted], [{one} for one in right])

    @staticmethod
    def error(loss, sums):
        """1 - F1, and a little of the loss that decides between equal scores. Of single labels, F1 is the accuracy."""
        hits, predicted, right = sums
        f1 = 2 * hits / (predicted + right) if hits else 0
        return with_loss(1 - f1, loss)


def counts(found, right):
    hits = sum(len(a & b) for a, b in zip(found, right))
    return hits, sum(map(len, found)), sum(map(len, right))
