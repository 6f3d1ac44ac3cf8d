"""Trains the model of this folder, with as many processes as torchrun starts. Starts again from the checkpoint of the folder if there is one.

torchrun --nproc_per_node N FOLDER/train.py --data FILE --iters N
"""

import argparse
import hashlib
import io
import json
import math
import re
import time
from pathlib import Path

import torch
from torch.nn.parallel import DistributedDataParallel

from unrolled_torch.language_model_data import open_data
from unrolled_torch.files import read_config, write_tables, write_weights, write_whole
from unrolled_torch.loading import load
from unrolled_torch.optim import clip, make_optimizer, observe, rate
from unrolled_torch.processes import Processes

# The learning rate of each optimiser, and the decay of each schedule, if a flag names it and gives no number.
RATES = {"sgd": 0.01, "rmsprop": 0.002, "adagrad": 0.02, "adadelta": 1, "adam": 0.002, "adamw": 0.002}
DECAYS = {"exponential": 0.97, "step": 0.5, "plateau": 0.5}

# The values of the fields of the recipe that have names.
CHOICES = {
    "optimizer": tuple(RATES),
    "schedule": ("constant", "exponential", "step", "cosine", "linear", "plateau"),
    "clipBy": ("value", "norm"),
}

# Fields of the recipe that a run which starts again may change.
CHANGEABLE = {"lr", "clip", "clipBy", "earlyStop"}


def flag(name):
    return "--" + re.sub("[A-Z]", lambda letter: "-" + letter.group().lower(), name)


def whole(least):
    """Reads a whole number from `least` on."""

    def read(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r}, expected a whole number from {least} on")
        return int(text)

    return read


def number(text):
    """Reads a number from 0 on."""
    try:
        value = int(text) if text.isdecimal() else float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}, expected a number from 0 on")
    return value


def bytes_of(file):
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise SystemExit(f"cannot read {file}: {error.strerror}")


def read_checkpoint(file, data):
    """The contents of a checkpoint, from its bytes."""
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises errors of many kinds
        raise SystemExit(f"{file} is damaged ({type(error).__name__}); give --restart to begin from the weights of the folder")


def read_flags(config):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True, help="what to learn from")
    parser.add_argument("--iters", type=whole(0), help="total iterations, with those before the checkpoint")
    parser.add_argument("--save-every", type=whole(1), default=100, help="iterations between checkpoints")
    parser.add_argument("--validate-every", type=whole(1), help="iterations between validations (default: an epoch, at most 500)")
    parser.add_argument("--restart", action="store_true", help="leave the checkpoint out and start from the weights of the folder")
    for name, value in config["recipe"].items():
        kind = whole(1) if name in ("batch", "seq") else str if name in CHOICES else number
        parser.add_argument(flag(name), dest=name, type=kind, choices=CHOICES.get(name), help=f"(default: {value})")
    return parser.parse_args()


def recipe_of(config, flags, stored=None):
    """The recipe of the run: that of the folder or of the checkpoint, with the fields that flags give."""
    given = {name: getattr(flags, name) for name in config["recipe"] if getattr(flags, name) is not None}
    if stored:
        fixed = [name for name, value in given.items() if name not in CHANGEABLE and value != stored[name]]
        if fixed:
            raise SystemExit(f"{flag(fixed[0])} belongs to the run of the checkpoint; leave it out, or give --restart")
        return {**stored, **given}
    recipe = dict(config["recipe"])
    if given.get("optimizer", recipe["optimizer"]) != recipe["optimizer"]:
        recipe["lr"] = RATES[given["optimizer"]]
    if given.get("schedule", recipe["schedule"]) != recipe["schedule"]:
        recipe["lrDecay"] = DECAYS.get(given["schedule"], 0.97)
    return {**recipe, **given}


class Run:
    """A training run: everything that a checkpoint has."""

    def __init__(self, folder, config, flags, processes):
        self.folder, self.processes = folder, processes
        self.file = folder / "checkpoint.pt"
        found = bytes_of(self.file) if processes.rank == 0 and self.file.exists() and not flags.restart else None
        found = processes.from_first(found)
        stored = None if found is None else read_checkpoint(self.file, found)
        self.hash = hashlib.sha256(bytes_of(flags.data)).hexdigest()
        if stored and stored["data"] != self.hash:
            raise SystemExit(f"{flags.data} is not the data of the checkpoint; give the same file, or --restart")
        self.recipe = recipe_of(config, flags, stored and stored["recipe"])
        self.data = open_data(config, flags.data, self.recipe)
        length = config["length"]
        default = max(length.get("iterations", 0), length.get("epochs", 0) * self.data.per_epoch)
        self.iterations = default if flags.iters is None else flags.iters
        if self.recipe["schedule"] in ("cosine", "linear"):
            if not stored:
                self.recipe["lrDecayOver"] = max(1, self.iterations)
            elif self.iterations > self.recipe["lrDecayOver"]:
                raise SystemExit(f"the learning rate of this run is 0 from iteration {self.recipe['lrDecayOver']} on; give --restart")
        if self.recipe["teacherForcing"] < 1 and not stored:
            self.recipe["teacherForcingOver"] = max(1, self.iterations)
        self.validate_every = flags.validate_every or min(self.data.per_epoch, 500)
        self.save_every = flags.save_every
        self.model = load(folder).to(processes.device)
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = make_optimizer(self.recipe, self.trained)
        self.iteration, self.state, self.best = 0, None, math.inf
        self.validated = None  # the iteration of the last validation
        self.seen = {"best": None, "waited": 0, "factor": 1}
        self.average = [p.detach().clone() for p in self.trained] if self.recipe["average"] else None
        if stored:
            self.model.load_state_dict(stored["model"])
            self.optimizer.load_state_dict(stored["optimizer"])
            self.iteration, self.best, self.seen = stored["iteration"], stored["best"], stored["seen"]
            self.validated = stored["validated"]
            self.state = processes.own(stored["state"])
            if self.average:
                self.average = [tensor.to(processes.device) for tensor in stored["average"]]
        self.step_model = Losses(self.model)
        if processes.count > 1:
            refuse_divided(self.model)
            self.step_model = DistributedDataParallel(
                self.step_model, find_unused_parameters=self.model.skips_parameters
            )

    @property
    def ended(self):
        """Whether all iterations are done, or validation has not improved for long."""
        return self.iteration >= self.iterations or 0 < self.recipe["earlyStop"] <= self.seen["waited"]

    def step(self):
        """One iteration. Returns the mean loss of the whole batch."""
        processes, recipe, model = self.processes, self.recipe, self.model
        lr = recipe["lr"] * rate(recipe, self.iteration, self.data.per_epoch) * self.seen["factor"]
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        # Masks of dropout depend on seed, iteration and process alone, so that a checkpoint needs no random state.
        torch.manual_seed(hash((recipe["seed"], self.iteration, processes.rank)) & 0x7FFFFFFF)
        batch = self.data.training(self.iteration)
        sequences = model.sequences(batch)
        model.train()
        total, counted, state = self.step_model(processes.part(batch, model.axes, sequences), self.state)
        if not processes.counts(sequences):
            total, counted = total * 0, 0
        self.optimizer.zero_grad()
        # The gradient of all losses, divided by the sequences of the whole batch. DDP takes the mean over the processes.
        (total * (processes.count / sequences)).backward()
        total, counted = processes.sum(total.item(), counted)
        if not math.isfinite(total):
            raise SystemExit(f"iteration {self.iteration + 1}: the loss is {total}; start again with a smaller --lr")
        clip(recipe, self.trained)
        self.optimizer.step()
        if self.data.carries_state:
            self.state = detached(state)
        self.follow()
        self.iteration += 1
        return total / max(1, counted)

    def follow(self):
        """Moves the average of the weights towards the weights."""
        if self.average:
            share = 1 - min(self.recipe["average"], (1 + self.iteration) / (10 + self.iteration))
            for average, parameter in zip(self.average, self.trained):
                average.lerp_(parameter.detach(), share)

    @torch.no_grad()
    def validate(self):
        """The mean loss of the part that is held out, and the error, if the task selects its best model by another number.

        Saves the weights if it is the smallest so far. Data of such a task have `measure(model, batch)`, which returns `measures` numbers
        that are summed over batches and processes, or `measure_all(model)`, and `error(loss, sums)`. They may have
        `validated_tables(gather)`, the tables that the validation changes.
        """
        own = [p.detach().clone() for p in self.trained]
        self.set_weights(self.average)
        self.model.eval()
        total, counted, state, sums = 0.0, 0, None, [0] * getattr(self.data, "measures", 0)
        for batch in self.data.held_out():
            sequences = self.model.sequences(batch)
            part = self.processes.part(batch, self.model.axes, sequences)
            loss, count, state = self.model.loss(part, state)
            if not self.processes.counts(sequences):
                continue
            total, counted = total + loss.item(), counted + count
            if sums:
                sums = [a + b for a, b in zip(sums, self.data.measure(self.model, part))]
        total, counted, *sums = self.processes.sum(total, counted, *sums)
        loss = total / max(1, counted)
        if hasattr(self.data, "measure_all"):
            sums = self.processes.from_first(self.data.measure_all(self.model))
        error = self.data.error(loss, sums) if sums else loss
        best = error < self.best
        if best:
            self.best = error
            tables = self.data.validated_tables(self.processes.gather) if hasattr(self.data, "validated_tables") else {}
            if self.processes.rank == 0:
                if tables:
                    write_tables(self.folder, tables)
                write_weights(self.folder / "weights.safetensors", self.model.state_dict())
        self.set_weights(own if self.average else None)
        self.validated = self.iteration
        self.seen = observe(self.recipe, error, self.seen)
        return {"validation_loss": loss, **({"error": error} if sums else {}), "best": best}

    def set_weights(self, values):
        for parameter, value in zip(self.trained, values or []):
            parameter.data.copy_(value)

    def save(self):
        """Writes the checkpoint, completely or not at all."""
        state = self.processes.join(self.state, self.recipe["batch"])
        if self.processes.rank:
            return
        out = io.BytesIO()
        names = ["recipe", "iteration", "validated", "best", "seen", "average"]
        torch.save(
            {
                **{name: getattr(self, name) for name in names},
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "state": state,
                "data": self.hash,
            },
            out,
        )
        write_whole(self.file, out.getvalue())


def refuse_divided(model):
    """Refuses several processes if sequences of a batch depend on each other."""
    if any(isinstance(module, torch.nn.BatchNorm1d) for module in model.modules()):
        raise SystemExit("batch normalisation compares the sequences of a batch; train with one process")


class Losses(torch.nn.Module):
    """Calls `loss` of a model where DDP expects `forward`."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, batch, state):
        return self.model.loss(batch, state)


def detached(state):
    if state is None or isinstance(state, torch.Tensor):
        return state if state is None else state.detach()
    return tuple(part.detach() for part in state)


def main():
    folder = Path(__file__).parent
    config = read_config(folder)
    flags, processes = read_flags(config), Processes()

    def tell(**values):
        if processes.rank == 0:
            print(json.dumps(values), flush=True)

    run = Run(folder, config, flags, processes)
    if run.iteration:
        tell(resumed=run.iteration)
    else:
        if flags.restart:
            tell(iter=0, **run.validate())  # only better weights replace those of the folder
        run.save()  # the weights of the folder, which the first validation replaces
    started, first = time.monotonic(), run.iteration
    while not run.ended:
        tell(iter=run.iteration + 1, loss=run.step())
        due = run.iteration % run.validate_every == 0
        if due:
            tell(iter=run.iteration, **run.validate())
        if due or run.iteration % run.save_every == 0:
            run.save()
    if run.validated != run.iteration:
        tell(iter=run.iteration, **run.validate())
        run.save()
    seconds = time.monotonic() - started
    tell(done=True, iters=run.iteration, best=run.best, per_second=round((run.iteration - first) / max(seconds, 1e-9), 1))
    processes.end()


if __name__ == "__main__":
    main()
