"""Tests of the data of embedders and transcribers."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch import embedder_data, transcriber_data  # noqa: E402
from unrolled_torch.contrast import Contrast  # noqa: E402
from unrolled_torch.embedder import apart  # noqa: E402
from unrolled_torch.transcriber import steps_needed  # noqa: E402
from unrolled_torch.transcriber_data import Recordings, distance, stacked, symbols_of  # noqa: E402

RECIPE = {"seed": 1, "batch": 4}
SCALING = {"mean": [1, 0], "deviation": [2, 1]}


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, objects, name="data.jsonl"):
        path = Path(self.folder.name) / name
        path.write_text("\n".join(json.dumps(one) for one in objects))
        return path

    def read_vectors(self, objects, reading=None, name="data.jsonl"):
        config = {"spec": {"features": 2}, "tables": {"scaling": SCALING}, "reading": reading or {}}
        return embedder_data.read_vectors(config, self.file(objects, name))

    def refuses(self, problem, *args, **options):
        with self.assertRaisesRegex(SystemExit, problem):
            self.read_vectors(*args, **options)

    def test_pairs_of_vectors(self):
        pairs = self.read_vectors([{"vectors": [[1, 2]], "partner": [[3, 4], [5, 6]]}, {"vectors": [[1.0, 2]], "partner": None}])
        self.assertEqual(pairs[0][0][1].tolist(), [[1, 4], [2, 6]])
        self.assertEqual(pairs[1][0][1].tolist(), [[0, 2]])
        self.assertEqual([keys for _, keys in pairs], [[0, 1], [0, 0]])

    def test_what_is_no_pair_of_vectors(self):
        right = {"vectors": [[1, 2]], "partner": [[1, 2]]}
        self.refuses("no field vectors or input", [{"pen": [[1, 2]]}])
        self.refuses("no value for vectors", [right, {"input": [[1, 2]]}])
        self.refuses("or empty", [{"vectors": []}])
        self.refuses("list of 2 numbers", [{"vectors": [[1, 2], [1]]}])
        self.refuses("finite numbers", [{"vectors": [[1, True]]}])
        self.refuses("column score may say", [{**right, "score": 0}])
        self.refuses("from JSON, not from csv", [right], name="data.csv")
        self.assertEqual(len(self.read_vectors([{**right, "score": 0}], {"textColumn": "vectors"})), 1)

    def test_recordings(self):
        spec = {"features": 2, "stack": 2}
        config = {"spec": spec, "tables": {"scaling": SCALING, "symbols": ["a", "é"]}, "reading": {"labelColumn": "said"}}
        examples = [{"vectors": [[3, 1], [1, 1], [1, 5]], "said": "e\u0301 "}, {"vectors": [[1, 1]], "said": ""}]
        data = transcriber_data.open_data(config, self.file([*examples, examples[0]]), RECIPE)
        batch = data.padded(sorted(data.train + data.validation, key=lambda one: -len(one[0]))[1:])
        self.assertEqual(batch["inputs"][:, 0].tolist(), [[1, 1, 0, 1], [0, 5, 0, 0]])
        self.assertEqual(batch["targets"].tolist(), [[2], [-100]])
        self.assertEqual(batch["lengths"].tolist(), [2, 1])
        with self.assertRaisesRegex(SystemExit, "said is 5"):
            transcriber_data.open_data(config, self.file([{**examples[0], "said": 5}]), RECIPE)


class Table:
    """A model whose vectors are its inputs."""

    def __init__(self, size):
        self.weight = torch.zeros(size)

    def parameters(self):
        return iter([self.weight])

    def embed(self, batch):
        return batch["inputs"][0]


class Embedder(unittest.TestCase):
    def test_pairs_that_share_a_sequence_are_no_wrong_answers(self):
        keys = torch.tensor([[0, 1, 1], [2, 3, 2]])
        self.assertEqual((apart(keys) < 0).tolist(), [[False, False, True], [False, False, True], [True, True, False]])

    def test_the_rank_of_partners(self):
        texts = [[1.0, 0], [0, 1.0], [1.0, 0.1]]
        partners = [[1.0, 0], [1.0, 0.0], [1.0, 0.2]]
        pairs = [([torch.tensor([a]), torch.tensor([b])], [i, i]) for i, (a, b) in enumerate(zip(texts, partners))]
        data = Contrast(pairs, pairs, 2, 1)
        # The first partner has the rank 2, since another one is as near. The others have 3 and 1.
        self.assertAlmostEqual(data.measure_all(Table(2))[0], (1 / 2 + 1 / 3 + 1) / 3, 12)
        many = Contrast(pairs, [pairs[0]] * 1500, 2, 1)
        self.assertAlmostEqual(many.measure_all(Table(2))[0], 1, 12)
        self.assertEqual(data.per_epoch, 1)


class Transcriber(unittest.TestCase):
    def test_texts(self):
        self.assertEqual(steps_needed("aab"), 4)
        self.assertEqual(symbols_of("e\u0301"), ["é"])
        self.assertEqual(distance("kitten", "sitting"), 3)
        self.assertEqual(distance("", "ab"), 2)

    def test_a_step_of_several_vectors(self):
        self.assertEqual(stacked(torch.tensor([[1.0], [2.0], [3.0]]), 2).tolist(), [[1, 2], [3, 0]])

    def test_character_errors(self):
        steps = torch.tensor([[9.0, 0, 0], [0, 9, 0], [0, 9, 0], [9, 0, 0], [0, 9, 0], [0, 0, 9]])
        data = Recordings([(steps, ["a"])], [(steps, list("aab")), (steps[:2], list("x"))], ["a", "b"], RECIPE)
        batch = next(data.held_out())
        # The model returns its inputs: aab is right, and a in place of x is an edit.
        self.assertEqual(data.measure(lambda x, lengths: x, batch), (1, 4))
        self.assertAlmostEqual(data.error(1, [1, 4]), 0.25 + 5e-7, 9)


if __name__ == "__main__":
    unittest.main()
