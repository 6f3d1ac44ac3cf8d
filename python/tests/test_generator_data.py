"""Tests of a generator's data: python -m unittest discover python/tests"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch.generator_data import open_data  # noqa: E402

SYMBOLS = ["<EOS>", "a", "b", "<UNK>"]


class Generator(unittest.TestCase):
    def open(self, text, name="x.txt", tables=None, **own):
        spec = {"level": "char", "condition": "single", "features": 0, "tokens": "words", "normalForm": "NFC", **own}
        spec["segmentation"] = "latin"
        config = {
            "spec": spec,
            "tables": {"vocabulary": SYMBOLS, "conditions": ["x", "y"], **(tables or {})},
            "stepBytes": 1,
            "patterns": {"word": r"\w+|\S", "space": r"\s+"},
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_text(text, encoding="utf-8")
            return open_data(config, file, {"batch": 4, "seed": 1})

    def test_names(self):
        batch = self.open("x\tab\n" * 3 + "y\tc\n" * 3).training(0)
        self.assertEqual(batch["lengths"].tolist(), sorted(batch["lengths"].tolist(), reverse=True))
        first = batch["lengths"].tolist().index(2)  # a sequence of one symbol, which is unknown
        self.assertEqual(batch["inputs"][:, first].tolist()[:2], [0, 3])
        self.assertEqual(batch["targets"][:, first].tolist(), [3, 0, -100])
        self.assertEqual(batch["conditions"][first].tolist(), [0, 1])

    def test_texts_as_conditions(self):
        tables = {"conditions": ["up", "Down", "<UNK>"]}
        batch = self.open("up Down down\ta\n" * 3, tables=tables, condition="sequence").training(0)
        self.assertEqual(batch["conditions"].tolist(), [[0, 0], [1, 1], [2, 2]])
        self.assertEqual(batch["condition_lengths"].tolist(), [3, 3])

    def test_vectors_as_conditions(self):
        lines = '{"condition": [[1, 2], [3, 4]], "text": "ab"}\n{"condition": [[5, 6]], "text": "b"}\n'
        tables = {"scaling": {"mean": [1, 2], "deviation": [2, 2]}}
        data = self.open(lines, "x.jsonl", tables, features=2, condition="sequence")
        [(condition, _)] = data.train
        self.assertIn(condition.tolist(), [[[0, 0], [1, 1]], [[2, 2]]])

    def test_refusals(self):
        with self.assertRaisesRegex(SystemExit, "does not know the condition 'z'"):
            self.open("x\ta\nz\tb\n")
        with self.assertRaisesRegex(SystemExit, "'c' is not in the vocabulary"):
            self.open("x\ta\ny\tc\n", tables={"vocabulary": ["<EOS>", "a"]})


if __name__ == "__main__":
    unittest.main()
