"""Runs the models of folders: reads a list of cases as JSON from a file, and prints the outputs of each."""

import importlib.util
import json
import sys

import torch

TYPES = {"int": torch.int64, "float": torch.float32}

results = []
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    spec = importlib.util.spec_from_file_location("model", f"{case['folder']}/model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    arguments = [
        None if given is None else torch.tensor(given["data"], dtype=TYPES[given["type"]]).view(given["shape"])
        for given in case["arguments"]
    ]
    with torch.no_grad():
        result = module.load(case["folder"])(*arguments)
    result = result[0] if isinstance(result, tuple) else result
    results.append({"shape": list(result.shape), "data": result.flatten().tolist()})
print(json.dumps(results))
