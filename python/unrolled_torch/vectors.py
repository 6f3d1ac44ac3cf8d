"""Sequences of vectors, as JSON has them."""

import math

import torch


def vectors_of(place, value, width):
    """Checks a sequence of vectors. Returns its numbers [steps, width] in float64."""
    if not isinstance(value, list) or not value:
        raise SystemExit(f"{place}: the sequence is not a list of vectors, or empty")
    for step, vector in enumerate(value, 1):
        if not isinstance(vector, list) or len(vector) != width:
            raise SystemExit(f"{place}: step {step} is not a list of {width} numbers, which the model reads")
        if not all(map(is_finite, vector)):
            raise SystemExit(f"{place}: step {step} has something other than finite numbers")
    return torch.tensor([[float(number) for number in vector] for vector in value], dtype=torch.float64)


def is_finite(number):
    """Whether a value of JSON is a finite number."""
    try:
        return type(number) in (int, float) and math.isfinite(number)
    except OverflowError:  # a whole number that is too large
        return False


def scaled(vectors, scaling):
    """Gives each feature the mean 0 and the deviation 1 of the training data."""
    mean, deviation = (torch.tensor(scaling[name], dtype=torch.float64) for name in ("mean", "deviation"))
    return ((vectors - mean) / deviation).float()
