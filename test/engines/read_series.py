"""Reads files of numbers: reads a list of cases as JSON, and prints the numbers of each as JSON, null if it was refused."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "python"))

from unrolled_torch.series import read_series  # noqa: E402

results = []
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    try:
        results.append(read_series(case["file"], case["columns"], case["reading"]).flatten().tolist())
    except SystemExit:
        results.append(None)
print(json.dumps(results))
