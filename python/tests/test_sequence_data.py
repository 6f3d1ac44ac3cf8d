"""Tests of the data of encoder-decoders and autoencoders."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch.pairs import Pairs, pair_room  # noqa: E402
from unrolled_torch.philox import uniform  # noqa: E402
from unrolled_torch.scheduled_sampling import scheduled_inputs  # noqa: E402
from unrolled_torch.sequence_data import open_data  # noqa: E402
from unrolled_torch.sequence_to_sequence import Model  # noqa: E402

RECIPE = {"seed": 1, "batch": 2, "teacherForcing": 1, "teacherForcingOver": 4}
TEXT = {"normalForm": "NFC", "segmentation": "latin", "segmenter": "", "tokens": "spaces"}
PAIR = {**TEXT, "task": "encoder-decoder", "features": 0, "sourceLevel": "char", "targetLevel": "word", "lowerCase": True}
PATTERNS = {"word": r"\w+", "space": r"\s+"}
NETWORK = {
    **{"cell": "gru", "hidden": 4, "layers": 1, "embedding": 3, "bidirectional": False, "head": [], "headActivation": "relu", "tied": False},
    **{"encoderCell": "same", "encoderLayers": 0, "encoderHidden": 0, "attention": "dot", "connections": "plain", "norm": "none"},
    **{"gateNorm": False, "activations": None, "gateClip": 0, "resetAfter": True, "resetGate": True, "nonlinearity": "tanh", "freezeVectors": False},
    **{"dropout": 0.9, "inputDropout": 0.9, "variationalDropout": False},
}
SYMBOLS = {"source": ["a", "b", "<UNK>"], "target": ["x", "y", "<UNK>", "<EOS>"]}
VECTORS = {"task": "autoencoder", "features": 2, "level": "char", **TEXT}
SCALING = {"scaling": {"mean": [1, 0], "deviation": [2, 1]}}


def config(spec, tables):
    return {"spec": spec, "tables": tables, "patterns": PATTERNS, "pairBytes": [1, 1, 0, 0], "randomBlocks": 3}


class Data(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def open(self, text, spec=PAIR, tables=SYMBOLS, recipe=RECIPE, name="data.tsv"):
        file = Path(self.folder.name) / name
        file.write_text(text, encoding="utf-8")
        return open_data(config(spec, tables), file, recipe)

    def refuses(self, problem, *args, **options):
        with self.assertRaisesRegex(SystemExit, problem):
            self.open(*args, **options)

    def test_pairs(self):
        data = self.open("aB \tx z\torigin\n\naB\tx z\n")
        batch = data.training(0)
        self.assertEqual(batch["sources"].T.tolist(), [[0, 1]])
        self.assertEqual(batch["inputs"].T.tolist(), [[3, 0, 2]])
        self.assertEqual(batch["targets"].T.tolist(), [[0, -100, 3]])
        self.assertNotIn("kept", batch)

    def test_pairs_of_equal_lengths_stay_in_order(self):
        data = self.open("".join(f"{'ab' * (i % 3 + 1)}\t{'x ' * (i % 4 + 1)}\n" for i in range(40)))
        lengths = [data.training(i)["source_lengths"].tolist() for i in range(18)]
        self.assertTrue(all(sorted(one, reverse=True) == one for one in lengths))

    def test_problems_of_pairs(self):
        self.refuses("line 2: no target", "a\tx\nb\n")
        self.refuses("line 2: no source", "a\tx\n \tx\n")
        self.refuses("expected at least 2", "a\tx\n")
        words = {**PAIR, "sourceLevel": "word", "tokens": "words"}
        self.refuses("has no tokens", "-\tx\n" * 2, words)

    def test_vectors(self):
        lines = [json.dumps({"input": [[3, 1], [1, i]]}) for i in range(2)]
        data = self.open("\n\n".join(lines), VECTORS, SCALING, name="data.jsonl")
        batch = data.training(0)
        self.assertEqual(batch["inputs"][0].tolist(), [[1, 1]])
        self.assertTrue(torch.equal(batch["inputs"], batch["targets"]))
        self.assertEqual([held["lengths"].tolist() for held in data.held_out()], [[2]])

    def test_problems_of_vectors(self):
        good = '{"vectors": [[1, 2]]}\n'

        def refuses(problem, line, spec=VECTORS, **options):
            self.refuses(problem, good + line, spec, {**SYMBOLS, **SCALING}, **{"name": "data.jsonl", **options})

        refuses("call the file .jsonl", good, name="data.txt")
        refuses("reads no targets", good, recipe={**RECIPE, "teacherForcing": 0.5})
        refuses("line 2: the sequence is not a list", '{"input": [[1, 2]]}')
        refuses("line 2: step 1 is not a list of 2", '{"vectors": [[1]]}')
        refuses("line 2: step 2 has something other", '{"vectors": [[1, 2], [1, true]]}')
        refuses("no field target or tgt", good, {**PAIR, "features": 2})

    def test_targets_of_vectors_are_texts(self):
        line = '{"vectors": [[1, 2]], "target": %s}\n'
        spec, tables = {**PAIR, "features": 2, "lowerCase": False}, {**SCALING, "target": SYMBOLS["target"]}
        data = self.open(line % '" x y "' * 2, spec, tables, name="data.jsonl")
        self.assertEqual(data.training(0)["targets"].T.tolist(), [[0, 1, 3]])
        self.refuses("expected a text in quotes", line % "1.0" * 2, spec, tables, name="data.jsonl")


class Sampling(unittest.TestCase):
    def test_random_numbers_are_those_of_philox(self):
        # A known answer of Random123: counter and key 0.
        words = [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
        self.assertEqual(uniform(0, 0, 4).tolist(), [(word >> 8) / 2**24 for word in words])
        self.assertEqual(uniform(5, 2, 3).tolist(), uniform(5, 1, 8)[4:7].tolist())
        far = 2**32 - 1
        self.assertEqual(uniform(2**40, far, 8)[4:].tolist(), uniform(2**40, far + 1, 4).tolist())

    def test_a_decoder_reads_its_own_predictions(self):
        data = self.pairs({**RECIPE, "teacherForcing": 0.2})
        model = Model({**PAIR, **NETWORK}, SYMBOLS)
        for parameter in model.parameters():
            torch.nn.init.zeros_(parameter)
        # <UNK> is the most probable symbol, but it is never written; x is more probable than the others.
        model.decoder.head.bias.data = torch.tensor([1.0, 0, 2, 0])
        model.train()
        for iteration in range(1, 9):
            batch = data.training(iteration)
            kept, given = batch["kept"], batch["inputs"]
            found = scheduled_inputs(model, batch)
            self.assertEqual(found[0].tolist(), given[0].tolist())
            self.assertTrue(torch.equal(found[1:], torch.where(kept[1:], given[1:], 0)))
        self.assertTrue(model.training)

    def test_predictions_are_those_without_dropout(self):
        torch.manual_seed(1)
        model = Model({**PAIR, **NETWORK}, SYMBOLS)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter)
        model.train()
        batch = self.pairs({**RECIPE, "teacherForcing": 0}).training(8)
        first = scheduled_inputs(model, batch)
        for _ in range(9):
            self.assertTrue(torch.equal(scheduled_inputs(model, batch), first))

    @staticmethod
    def pairs(recipe):
        pairs = [(torch.zeros(2, dtype=torch.int64), torch.arange(i % 4), torch.arange(i % 4)) for i in range(7)]
        return Pairs(pairs, pairs, 3, recipe, config(PAIR, SYMBOLS))

    def test_draws_do_not_depend_on_where_a_run_starts(self):
        recipe = {**RECIPE, "teacherForcing": 0.2}
        whole = self.pairs(recipe)
        kept = [whole.training(i).get("kept") for i in range(9)]
        self.assertIsNone(kept[0])
        for start in (1, 5, 8):
            self.assertTrue(torch.equal(self.pairs(recipe).training(start)["kept"], kept[start]), start)
        self.assertFalse(torch.stack([one.all() for one in kept[1:]]).all())


class Room(unittest.TestCase):
    def test_pairs_that_are_far_longer_get_small_batches(self):
        steps = [(10, 10)] * 50 + [(10_000, 10_000)]
        self.assertIsNone(pair_room(steps, 32, [1, 1, 0, 0]))
        room = pair_room(steps, 32, [10_000, 5_000, 0, 0])
        self.assertEqual((room(0), room(50)), (32, 2**30 // 150_005_000))


if __name__ == "__main__":
    unittest.main()
