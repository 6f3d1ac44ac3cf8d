"""The processes that train together. One process needs no torchrun."""

import os
from datetime import timedelta

import torch
import torch.distributed as dist


class Processes:
    """The place of this process among the others, and what they do together."""

    def __init__(self):
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        cuda = torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
        if cuda:
            torch.cuda.set_device(self.device)
        if "RANK" in os.environ:
            # gloo also carries the checkpoint, which is in the memory of the processor.
            dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=timedelta(minutes=10))

    def sum(self, *numbers):
        """Sums numbers over all processes."""
        total = torch.tensor(numbers, dtype=torch.float64)
        if self.count > 1:
            dist.all_reduce(total)
        return total.tolist()

    def from_first(self, value):
        """Returns the value of the first process."""
        if self.count == 1:
            return value
        held = [value]
        dist.broadcast_object_list(held, src=0, device=torch.device("cpu"))
        return held[0]

    def gather(self, value):
        """Returns the values of all processes."""
        if self.count == 1:
            return [value]
        values = [None] * self.count
        dist.all_gather_object(values, value)
        return values

    def part(self, batch, axes, sequences):
        """This process's sequences of a batch: every count-th. If there is none for it, one of which no target counts."""
        if self.rank < sequences or self.count == 1:
            own = torch.arange(self.rank, sequences, self.count)
        elif batch["targets"].is_floating_point():
            raise SystemExit(f"a batch of {sequences} for {self.count} processes; use fewer of them, or a larger --batch")
        else:
            own = torch.zeros(1, dtype=torch.int64)
            batch = {**batch, "targets": torch.full_like(batch["targets"], -100)}
        part = {}
        for name, value in batch.items():
            value = value if axes[name] is None else value.index_select(axes[name], own)
            part[name] = value if name.endswith("lengths") else value.to(self.device)
        return part

    def counts(self, sequences):
        """Whether this process has sequences of a batch of so many. If not, its loss must not count."""
        return self.rank < sequences

    def join(self, states, sequences):
        """Joins the recurrent states [layers, B, H] of all processes to those of the whole batch."""
        if self.count == 1 or states is None:
            return states
        whole = []
        for state in states if isinstance(states, tuple) else (states,):
            all = state.new_zeros(state.shape[0], sequences, state.shape[2]).cpu()
            all[:, self.rank :: self.count] = state.cpu()
            dist.all_reduce(all)
            whole.append(all)
        return tuple(whole) if isinstance(states, tuple) else whole[0]

    def own(self, states):
        """This process's part of the states of the whole batch. If there is none for it, that of the first sequence, as in `part`."""
        if states is None:
            return None
        whole = states if isinstance(states, tuple) else (states,)
        of = slice(self.rank, None, self.count) if self.rank < whole[0].shape[1] else slice(1)
        parts = [state[:, of].to(self.device) for state in whole]
        return tuple(parts) if isinstance(states, tuple) else parts[0]

    def end(self):
        if dist.is_initialized():
            dist.destroy_process_group()

