"""Chooses the probability from which on a label is predicted, if there may be several."""

from bisect import bisect_left
from itertools import chain


def best_thresholds(rows):
    """The best threshold of each label. rows: (probabilities of the labels, which ones are right) of each target"""
    columns = zip(*([(p, right) for p, right in zip(*row)] for row in rows))
    return [best_threshold([p for p, right in column if right], [p for p, right in column if not right]) for column in columns]


def best_threshold(positives, negatives):
    """The threshold with the largest F1, in the middle between two probabilities. Of several, the one nearest to 0.5.

    positives: the probabilities of the label for the targets that have it; negatives: for the others
    """
    has, lacks = sorted(positives), sorted(negatives)

    def f1(threshold):
        hits, wrong = (len(sort) - bisect_left(sort, threshold) for sort in (has, lacks))
        return 2 * hits / (hits + wrong + len(has))

    if not has:
        return 0.5
    found = [0.5]
    # F1 does not grow if the threshold rises over a target that has the label, so the best ones are just below such a target.
    for i, probability in enumerate(has):
        below = bisect_left(lacks, probability)
        if i == 0 or probability != has[i - 1]:
            found.append(between(max(chain([0], has[max(0, i - 1) : i], lacks[max(0, below - 1) : below])), probability))
    return min(found, key=lambda threshold: (-f1(threshold), abs(threshold - 0.5)))


def between(low, high):
    """A number above `low` and at most `high` near their middle, with few digits if possible."""
    middle = (low + high) / 2
    short = float(f"{middle:.3g}")
    return short if low < short <= high else middle
