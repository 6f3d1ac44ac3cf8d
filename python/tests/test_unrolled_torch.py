"""Tests of what can be known without a model: python -m unittest discover python/tests"""

import sys
import tempfile
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch.batches import Buckets, Streams, lines_of  # noqa: E402
from unrolled_torch.files import read_weights, write_weights  # noqa: E402
from unrolled_torch.shuffle import random_numbers, shuffled  # noqa: E402


class Files(unittest.TestCase):
    def test_weights_come_back(self):
        tensors = {"a": torch.rand(2, 3), "none": torch.empty(0, 4), "count": torch.tensor(7)}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "weights.safetensors"
            write_weights(file, tensors)
            found = read_weights(file)
            self.assertEqual([path.name for path in Path(folder).iterdir()], [file.name])
        for name, tensor in tensors.items():
            self.assertTrue(torch.equal(found[name].to(tensor.dtype), tensor), name)


class Batches(unittest.TestCase):
    def test_order_depends_on_the_keys_alone(self):
        self.assertEqual(sorted(shuffled(9, 3, 1)), list(range(9)))
        self.assertEqual(shuffled(9, 3, 1), shuffled(9, 3, 1))
        self.assertNotEqual(shuffled(9, 3, 1), shuffled(9, 3, 2))
        self.assertTrue(0 <= next(random_numbers(2**40)) < 1)

    def test_streams_continue(self):
        streams = Streams(torch.arange(40, dtype=torch.int32), 2, 4)
        first, second = streams.at(0), streams.at(1)
        self.assertEqual(first["inputs"][:, 0].tolist(), [0, 1, 2, 3])
        self.assertEqual(second["inputs"][0].tolist(), [4, 24])
        self.assertEqual(streams.at(4)["targets"][-1].tolist(), [20, 0])

    def test_buckets_have_each_sequence_once(self):
        buckets = Buckets([5, 1, 4, 2, 3, 9, 9], 2, seed=1)
        epoch = [i for n in range(buckets.count) for i in buckets.at(n)]
        self.assertEqual(sorted(epoch), list(range(7)))

    def test_blank_lines_are_left_out(self):
        lines = lines_of(torch.tensor([0, 5, 6, 0, 0, 7]), 0)
        self.assertEqual([line.tolist() for line in lines], [[0, 5, 6, 0], [0, 7, 0]])


if __name__ == "__main__":
    unittest.main()
