"""Runs the models of folders: reads a list of cases as JSON from a file, and prints the outputs of each."""

import json
import sys

import torch

TYPES = {"int": torch.int32, "float": torch.float32}

cases = json.load(open(sys.argv[1], encoding="utf-8"))
sys.path.append(cases[0]["folder"])
from model import load  # of the first folder; it opens the others with their own modules

results = []
for case in cases:
    arguments = [
        None if given is None else torch.tensor(given["data"], dtype=TYPES[given["type"]]).view(given["shape"])
        for given in case["arguments"]
    ]
    with torch.no_grad():
        result = load(case["folder"])(*arguments)
    result = result[0] if isinstance(result, tuple) else result
    results.append({"shape": list(result.shape), "data": result.flatten().tolist()})
print(json.dumps(results))
