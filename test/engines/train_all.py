"""Runs train.py of several folders in one process: reads a list of cases as JSON, and prints the lines of each as JSON."""

import contextlib
import io
import json
import runpy
import sys

results = []
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    for name in ("model", "data"):
        sys.modules.pop(name, None)
    out = io.StringIO()
    sys.argv = ["train.py", *case["arguments"]]
    sys.path.insert(0, case["folder"])
    problem = None
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(f"{case['folder']}/train.py", run_name="__main__")
        except SystemExit as error:
            problem = str(error)
    sys.path.pop(0)
    results.append({"lines": [json.loads(line) for line in out.getvalue().splitlines()], "problem": problem})
print(json.dumps(results))
