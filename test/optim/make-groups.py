"""Writes groups.json: three steps of each optimiser of torch.optim with two parameter groups, whose rates are halved after the
first step. Run with PyTorch 2.13: python test/optim/make-groups.py"""

import json
from pathlib import Path

import torch

OPTIMIZERS = {
    "SGD": dict(lr=0.1, momentum=0.9),
    "RMSprop": dict(lr=0.01),
    "Adagrad": dict(lr=0.1, lr_decay=0.1),
    "Adadelta": dict(lr=1.0),
    "Adam": dict(lr=0.02),
    "AdamW": dict(lr=0.02, weight_decay=0.3),
}
GROUP = dict(lr=0.05, weight_decay=0.2)

cases = {}
for name, options in OPTIMIZERS.items():
    a = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    b = torch.tensor([0.25, 3.0], requires_grad=True)
    optimizer = getattr(torch.optim, name)([{"params": [a]}, {"params": [b], **GROUP}], **options)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1], gamma=0.5)
    steps = []
    for _ in range(3):
        optimizer.zero_grad()
        ((a**2).sum() + (b**3).sum()).backward()
        optimizer.step()
        scheduler.step()
        steps.append([a.tolist(), b.tolist()])
    cases[name] = dict(options=options, group=GROUP, steps=steps)
Path(__file__).with_name("groups.json").write_text(json.dumps(cases, indent=1) + "\n")
