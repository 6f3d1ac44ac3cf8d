"""Reads tables and sentences: reads a list of cases as JSON, and prints what was read of each as JSON, null if it was refused."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "python"))

from unrolled_torch.sentences import read_sentences  # noqa: E402
from unrolled_torch.tables import Form, divide_at, read_table  # noqa: E402

FORM = Form([("text", "textColumn"), ("label", "labelColumn")], lambda line: divide_at(line, line.rfind("\t")))

results = []
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    try:
        reader = read_sentences if case["sentences"] else lambda file, reading: read_table(file, reading, FORM)
        results.append(reader(case["file"], case["reading"]))
    except SystemExit:
        results.append(None)
print(json.dumps(results))
