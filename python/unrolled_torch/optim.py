"""Optimiser, clipping and schedule of the learning rate, as a recipe says."""

import math

import torch


def make_optimizer(recipe, parameters):
    lr, optim = recipe["lr"], torch.optim
    return {
        "sgd": lambda: optim.SGD(parameters, lr, momentum=0.9),
        "rmsprop": lambda: optim.RMSprop(parameters, lr, alpha=0.95),
        "adagrad": lambda: optim.Adagrad(parameters, lr),
        "adadelta": lambda: optim.Adadelta(parameters, lr),
        "adam": lambda: optim.Adam(parameters, lr),
        "adamw": lambda: optim.AdamW(parameters, lr, weight_decay=0.01),
    }[recipe["optimizer"]]()


def clip(recipe, parameters):
    """Clips gradients that are already those of the whole batch, so that all processes clip alike."""
    if recipe["clip"] == 0:
        return
    if recipe["clipBy"] == "norm":
        torch.nn.utils.clip_grad_norm_(parameters, recipe["clip"])
    else:
        torch.nn.utils.clip_grad_value_(parameters, recipe["clip"])


def rate(recipe, done, per_epoch):
    """The factor of the learning rate after a number of iterations. The schedule `plateau` has one more, see `observe`."""
    kind, warm_up = recipe["schedule"], recipe["warmUp"]
    if done < warm_up:
        return (done + 1) / warm_up
    done -= warm_up
    epoch, after = done // per_epoch, max(1, recipe["lrDecayAfter"])
    part = min(1, done / max(1, recipe["lrDecayOver"] - warm_up))
    return {
        "constant": lambda: 1,
        "plateau": lambda: 1,
        "step": lambda: recipe["lrDecay"] ** (epoch // after),
        "exponential": lambda: recipe["lrDecay"] ** max(0, epoch - after + 1),
        "linear": lambda: 1 - part,
        "cosine": lambda: math.cos(part * math.pi / 2) ** 2,
    }[kind]()


def observe(recipe, error, seen):
    """Adds a validation to the summary of those before it, for the schedule `plateau` and for early stopping."""
    best, waited, factor = seen["best"], seen["waited"], seen["factor"]
    if best is None or error < best:
        return {"best": error, "waited": 0, "factor": factor}
    waited += 1
    falls = recipe["schedule"] == "plateau" and waited % (recipe["patience"] + 1) == 0
    return {"best": best, "waited": waited, "factor": factor * recipe["lrDecay"] if falls else factor}
