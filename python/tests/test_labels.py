"""Tests of how labels are read, held out and scored."""

import sys
import tempfile
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from unrolled_torch.label_files import read_json  # noqa: E402
from unrolled_torch.label_scores import Scores, are_span_tags, spans_of  # noqa: E402
from unrolled_torch.label_sets import hold_out_labelled, label_cell, label_set  # noqa: E402
from unrolled_torch.sentences import read_sentences  # noqa: E402
from unrolled_torch.spellings import ends_of  # noqa: E402
from unrolled_torch.thresholds import best_threshold, best_thresholds  # noqa: E402


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, text, name):
        path = Path(self.folder.name) / name
        path.write_bytes(text.encode())
        return path

    def sentences(self, text, reading=None, name="data.tsv", **options):
        return read_sentences(self.file(text, name), reading or {}, **options)

    def refuses(self, problem, *args, **options):
        with self.assertRaisesRegex(SystemExit, problem):
            self.sentences(*args, **options)

    def test_columns(self):
        expected = [(["a", "dog"], ["DET", "N"]), (["runs"], ["V"])]
        self.assertEqual(self.sentences("a\tDET\r\ndog\tN\r\n\r\n# a comment\r\nruns\t V\r\n"), expected)
        text = "-DOCSTART- -X- O\n\na x DET\ndog  x N\n\nruns x V"
        self.assertEqual(self.sentences(text, {"tagColumn": 3}), expected)
        self.assertEqual(self.sentences("pos\tword\nDET\ta\nN\tdog\n\nV\truns", NAMED), expected)
        self.refuses("line 2: no tag", "a\tDET\ndog\n")
        self.refuses("2 columns, but the rows before have 3", "a x DET\ndog N\n\nruns x V\n", {"tagColumn": 3})
        self.refuses("each line is a sentence", "the dog runs\n\nthe cat sees it\n")
        self.refuses("may be a header", "word\tpos\na\tDET\ndog\tN\n")
        self.assertEqual(self.sentences("a\t\n", multi_label=True), [(["a"], [""])])

    def test_numbered_tokens(self):
        row = "{}\t{}\t_\t{}" + "\t_" * 6
        text = "\n".join(["# text = a dog", row.format("1-2", "adog", "_"), row.format(1, "a", "DET"), row.format(2, "dog", "N")])
        reading = {"format": "conllu", "tokenColumn": 2, "tagColumn": 4}
        self.assertEqual(self.sentences(text, reading, "data.conllu"), [(["a", "dog"], ["DET", "N"])])
        self.refuses("looks like CoNLL-U", text, {})
        self.refuses("is not CoNLL-U", "a\tDET\n", reading, "data.conllu")
        self.refuses("counts the tokens", "1\ta\tDET\n2\tdog\tN\n")

    def test_tables(self):
        text = "Sentence #,word,pos\n1,a,DET\n,dog,N\n2,runs,V\n"
        self.assertEqual(len(self.sentences(text, NAMED, "data.csv")), 2)

    def test_objects(self):
        spec = {"task": "classifier", "features": 0, "multiLabel": True}

        def read(text, own=spec):
            return read_json({"spec": own}, self.file(text, "data.jsonl"))

        self.assertEqual(read('{"text": "a", "label": ["x", "y, z"]}'), [("a", ['["x", "y, z"]'])])
        self.assertEqual(read('{"text": "a", "labels": []}'), [("a", ["[]"])])
        with self.assertRaisesRegex(SystemExit, "in some objects only"):
            read('{"text": "a", "label": []}\n{"text": "a", "label": "b"}')
        with self.assertRaisesRegex(SystemExit, "line 2: no text"):
            read('{"text": "a", "label": []}\n{"text": " ", "label": []}')
        tagger = {"task": "tagger", "features": 2, "multiLabel": False}
        self.assertEqual(read('{"input": [[1, 2]], "labels": [3]}', tagger), [([[1, 2]], ["3"])])
        for vector in ("[1]", "[1, true]", "[1, 1e999]", "3"):
            with self.assertRaisesRegex(SystemExit, "2 finite numbers"):
                read(f'{{"input": [{vector}], "labels": [3]}}', tagger)
        with self.assertRaisesRegex(SystemExit, "a label for each step"):
            read('{"input": [[1, 2]], "labels": [3, 4]}', tagger)


NAMED = {"header": True, "tokenColumn": "word", "tagColumn": "pos"}


class Labels(unittest.TestCase):
    def test_sets(self):
        self.assertEqual(label_set("red, round,red,"), ["red", "round"])
        self.assertEqual(label_set('["big, round", 3, true]'), ["big, round", "3", "true"])
        self.assertEqual(label_set('"[""a"",""b""]"'), ["a", "b"])
        self.assertEqual(label_set("[CLS],a"), ["[CLS]", "a"])
        self.assertEqual([label_set(cell) for cell in ("", "[]", " , ")], [[], [], []])
        for cell in ("['a']", "[a, b]", "[0.5]"):
            with self.assertRaises(SystemExit):
                label_set(cell)
        for labels in (["a", "b"], ["a,b"], [], ["[x]"]):
            self.assertEqual(label_set(label_cell(labels)), labels)

    def test_each_label_keeps_an_example(self):
        examples = ["a"] * 20 + [f"own {i}" for i in range(20)]
        for seed in range(5):
            train, validation = hold_out_labelled(examples, seed, lambda label: [label])
            self.assertEqual((len(train), validation), (36, ["a"] * 4))
        train, validation = hold_out_labelled(["a", "b", "c"], 1, lambda label: [label])
        self.assertEqual((len(train), len(validation)), (3, 1))

    def test_long_words(self):
        self.assertEqual(ends_of("a" * 64), "a" * 64)
        self.assertEqual(ends_of("a" * 40 + "b" * 40), "a" * 32 + "b" * 32)
        self.assertEqual(ends_of("😀" * 33), "😀" * 32)

    def test_spans(self):
        self.assertEqual(spans_of(["B-X", "I-X", "I-Y", "O", "S-X", "E-X"]), {("X", 0, 2), ("Y", 2, 3), ("X", 4, 5), ("X", 5, 6)})
        self.assertTrue(are_span_tags(["O", "B-X", "I-X"]) and are_span_tags(["B", "I", "O"]))
        self.assertFalse(are_span_tags(["O"]) or are_span_tags(["B-X", "NN"]) or are_span_tags(["B", "O"]))

    def test_scores(self):
        logits = torch.tensor([[2.0, 0, 1], [0, 1, 3], [-1, -1, -2]])
        self.assertEqual(Scores(["O", "B-X", "I-X"], False, True).count(logits, ["O", "B-X", "I-X"]), (0, 1, 1))
        self.assertEqual(Scores(["a", "b", "c"], False, True).count(logits, ["a", "b", "c"]), (1, 3, 3))
        self.assertEqual(Scores(["a", "b", "c"], True, True).count(logits, ["a", "b,d", ""]), (2, 6, 3))
        self.assertEqual(Scores.error(0, (1, 2, 2)), 0.5)

    def test_thresholds(self):
        self.assertEqual(best_threshold([0.3, 0.8], [0.1, 0.2]), 0.25)
        self.assertEqual(best_threshold([0.7, 0.8], [0.1, 0.2]), 0.5)
        self.assertEqual(best_threshold([], [0.9]), 0.5)
        self.assertEqual(best_thresholds([([0.2, 0.9], [0, 1]), ([0.3, 0.1], [1, 0])]), [0.25, 0.5])


if __name__ == "__main__":
    unittest.main()
