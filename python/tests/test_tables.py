"""Tests of the reader of tables."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch.tables import Form, divide_at, read_objects, read_table  # noqa: E402

FORM = Form(
    [("text", "textColumn"), ("label", "labelColumn")],
    lambda line: divide_at(line, line.rfind("\t")),
    matches=["quality"],
)
NAMED = {"format": "csv", "header": True, "textColumn": "text", "labelColumn": "label"}


class Tables(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, text, name="data.tsv"):
        path = Path(self.folder.name) / name
        path.write_bytes(text.encode())
        return path

    def read(self, text, name="data.tsv", reading=None, empty=()):
        return read_table(self.file(text, name), reading or {}, FORM, empty)

    def refuses(self, problem, *args, **options):
        with self.assertRaisesRegex(SystemExit, problem):
            self.read(*args, **options)

    def test_lines(self):
        self.assertEqual(self.read("\ufeffa b\tc\r\n\r\n x\ty \tz\n"), [["a b", "c"], ["x\ty", "z"]])
        self.assertEqual(self.read("text\tlabel\na\tb\n", reading={**NAMED, "format": "text"}), [["a", "b"]])
        self.refuses("line 2: no label", "a\tb\nc\n")
        self.refuses("line 1: no label", "a\t\n")
        self.assertEqual(self.read("a\t\n", empty=["labelColumn"]), [["a", ""]])
        self.refuses("3 columns", "a\tb\tc\nd\te\tf\n")

    def test_headers_that_are_not_known(self):
        self.refuses("may be a header", "text\tlabel\na\tb\n")
        self.refuses("may be a header", "how often\tyes\na\t1\nb\t2\nc\t3\n")
        self.assertEqual(len(self.read("Smith\tEnglish\nJones\tEnglish\n")), 2)

    def test_csv(self):
        text = '# a comment\nlabel;text;id\n1;"a; ""b""\nc";7\n\n2; d ;8\n;e;9\n'
        self.assertEqual(self.read(text, "data.csv", NAMED), [['a; "b"\nc', "1"], ["d", "2"]])
        self.refuses("no column text", "a,b\n1,2\n", "data.csv", NAMED)
        self.refuses("does not name", "a,b\n1,2\n", "data.csv", {"header": True})
        self.refuses("row 2", 'text,label\n"a"b,c\n', "data.csv", NAMED)
        self.refuses("a quote after a space", 'text,label\na, "b"\n', "data.csv", NAMED)
        self.refuses("3 cells", "text,label\na,b,c\n", "data.csv", NAMED)
        self.refuses("quality", "text,label,quality\na,b,1\n", "data.csv", NAMED)
        self.refuses("isQuality", "text,label,isQuality\na,b,1\n", "data.csv", NAMED)
        numbers = {"format": "csv", "header": False, "textColumn": 2, "labelColumn": 1}
        self.assertEqual(self.read("x,a\ny,b\n", "data.csv", numbers), [["a", "x"], ["b", "y"]])

    def test_objects(self):
        reading = {"format": "jsonl", "textColumn": "text", "labelColumn": "label"}
        text = '{"text": " a ", "label": 3}\n\n{"label": true, "text": "b"}\n'
        self.assertEqual(self.read(text, "data.jsonl", reading), [["a", "3"], ["b", "true"]])
        self.refuses("write it in quotes", '{"text": "a", "label": 0.5}\n', "data.jsonl", reading)
        self.refuses("JSON has no NaN", '{"text": NaN}\n', "data.jsonl", reading)
        array = self.file('[{"a": 1},\n {"a": 2}]', "data.json")
        self.assertEqual([fields["a"] for _, fields in read_objects(array, "json")], [1, 2])


if __name__ == "__main__":
    unittest.main()
