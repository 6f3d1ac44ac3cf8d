"""Tests of files of numbers and of a forecaster's windows: python -m unittest discover python/tests"""

import math
import sys
import tempfile
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch.forecaster_data import Coding, Windows  # noqa: E402
from unrolled_torch.numbers import decimal_mark, fill_gaps, missing_marks, parse_number  # noqa: E402
from unrolled_torch.series import read_series  # noqa: E402


class Numbers(unittest.TestCase):
    def test_notations(self):
        cells = ["1,234.5", "12,34,567", "1 234", "\u22125", ".5", "5.", "1e3", "1e999", "0x10", "1.2.3", "1_0", ""]
        expected = [1234.5, 1234567, 1234, -5, 0.5, 5, 1000, None, None, None, None, None]
        self.assertEqual([parse_number(cell, ".") for cell in cells], expected)
        self.assertEqual(parse_number("1.234,5", ","), 1234.5)

    def test_decimal_marks(self):
        def mark(*cells, separator=",", known=None, others=()):
            return decimal_mark(list(cells), [list(cells), *others], separator, known)

        self.assertEqual(mark("1", "2"), ".")
        self.assertEqual(mark("1,5", "2"), ",")
        self.assertEqual(mark("1.5", "1,5"), None)
        self.assertEqual(mark("1.234"), ".")
        self.assertEqual(mark("1.234", separator=";"), None)
        self.assertEqual(mark("1.234", separator=";", known=","), ",")
        self.assertEqual(mark("1.234", separator=";", others=[["1,5"]]), ",")
        self.assertEqual(mark("987", "1,250", separator=";"), ".")
        self.assertEqual(mark("1,5", known="."), None)

    def test_gaps(self):
        def filled(fill):
            values = [math.nan, 1.0, math.nan, math.nan, 4.0, math.nan]
            fill_gaps(values, fill)
            return values

        self.assertEqual(filled("previous"), [1, 1, 1, 1, 4, 4])
        self.assertEqual(filled("linear"), [1, 1, 2, 3, 4, 4])

    def test_marks_of_missing_numbers(self):
        numbers = [20.0 + i for i in range(9)]
        self.assertEqual(sorted(missing_marks([*numbers, -200.0, 9999.0])), [-200, 9999])
        self.assertEqual(missing_marks([*numbers, 99.0]), [99])
        self.assertEqual(missing_marks([*numbers, 29.0]), [])
        self.assertEqual(missing_marks([*numbers, 5000.5]), [])


class Files(unittest.TestCase):
    def read(self, text, columns, name="x.csv", **reading):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_text(text, encoding="utf-8", newline="")
            return read_series(file, columns, reading).tolist()

    def refuses(self, problem, text, *args, **reading):
        with self.assertRaisesRegex(SystemExit, problem):
            self.read(text, *args, **reading)

    def test_tables(self):
        self.assertEqual(self.read("day,a,b\n2024-01-01,1,2\n2024-01-02,3,4\n", ["b", "a"]), [[2, 1], [4, 3]])
        self.assertEqual(self.read('# note\r\n"a";b\r\n"1,5";2\r\n;\r\n', ["a", "b"]), [[1.5, 2]])
        self.assertEqual(self.read("a\tb\nkg\tm/s\n1\t2\n", ["a", "b"]), [[1, 2]])
        self.assertEqual(self.read("1\n2\n", ["value"]), [[1], [2]])
        self.assertEqual(self.read("1,2\n3,4\n", ["column 2"], header=False), [[2], [4]])

    def test_json(self):
        self.assertEqual(self.read('{"a": 1}\n\n{"a": null}\n', ["a"], "x.jsonl", fill="previous"), [[1], [1]])
        self.assertEqual(self.read('[{"a": "1,5"}, {"a": 2}]', ["a"], "x.json"), [[1.5], [2]])

    def test_refusals(self):
        self.refuses("no column c", "a,b\n1,2\n", ["c"], header=True)
        self.refuses("expected a header", "1,2\n3,4\n", ["a", "b"])
        self.refuses("spaces between", "a b\n1 2\n", ["a", "b"])
        self.refuses("3 cells, expected 2", "a,b\n1,2,3\n", ["a", "b"])
        self.refuses("'x', expected a number", "a,b\n1,x\n", ["a", "b"])
        self.refuses("a gap", "a,b\n1,2\n,3\n", ["a", "b"])
        self.refuses("decimal mark", "a;b\n1.234;2\n", ["a", "b"])
        self.refuses("time runs backwards", "day,a\n2024-01-02,1\n2024-01-01,2\n", ["a"])
        self.refuses("not closed", 'a,b\n"1,2\n3,4\n', ["a", "b"])
        self.refuses("may stand for a missing", "a\n" + "1\n2\n3\n4\n" * 3 + "-200\n", ["a"])

    def test_marks_that_are_known(self):
        text = "a\n" + "1\n2\n3\n4\n" * 3 + "-200\n"
        self.assertEqual(self.read(text, ["a"], missing=[-200], fill="previous")[-1], [4])
        self.assertEqual(self.read(text, ["a"], missing=[])[-1], [-200])


class Forecasts(unittest.TestCase):
    def make(self, rows=40, **own):
        spec = {"columns": ["a"], "targets": ["a"], "changes": True, "horizon": 2, "strategy": "joint", **own}
        series = torch.arange(rows, dtype=torch.float64)[:, None] ** 2
        coding = Coding(spec, [{"mean": 10, "deviation": 2, "step": 4, "change": 5}])
        return series, coding

    def test_coding(self):
        series, coding = self.make()
        self.assertEqual(coding.inputs(series)[:3].tolist(), [[-5, 0], [-4.5, 0.25], [-3, 0.75]])
        torch.testing.assert_close(coding.expected(series, 2)[1], torch.tensor([(4 - 1) / 5, (9 - 1) / 5]))
        series, coding = self.make(changes=False, strategy="direct")
        self.assertEqual(coding.expected(series, 2)[:2].tolist(), [[-3], [-0.5]])

    def test_windows_come_once_each(self):
        windows = Windows(*self.make(), {"batch": 3, "seq": 8, "seed": 1})
        self.assertEqual((windows.steps, windows.count, windows.per_epoch), (8, 36 - 2 - 8 + 1, 50))
        self.assertEqual(sorted(map(windows.start, range(windows.count))), list(range(windows.count)))
        batch = windows.training(0)
        self.assertEqual([list(batch[name].shape) for name in ("inputs", "expected", "targets")], [[8, 3, 2], [8, 3, 2], [8, 3]])

    def test_validation_begins_with_known_rows(self):
        windows = Windows(*self.make(), {"batch": 3, "seq": 8, "seed": 1})
        [batch] = windows.held_out()
        # 36 rows to train on, of which the last one makes the first forecast; 4 rows are held out.
        self.assertEqual(batch["targets"].flatten().tolist(), [-100] * 35 + [0] * 3)

    def test_short_series_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "4 rows, expected at least 5"):
            Windows(*self.make(4), {"batch": 3, "seq": 8, "seed": 1})


if __name__ == "__main__":
    unittest.main()
