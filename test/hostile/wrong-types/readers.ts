import * as unrolled from "../../../src/index.ts";
import { type Any, all, type Row, refuse, tagger } from "./setup.ts";

/** Readers of texts and tables. */
export const rows: readonly Row[] = [
  ["numberedLines", () => [["a\n"]], (chunks) => all(unrolled.numberedLines(chunks) as Any)],
  ["lineBatches", () => [["a\n"]], (chunks) => all(unrolled.lineBatches(chunks) as Any)],
  ["readColumns", () => [["a\tb\n"], "x", 2], (...args: Any) => all((unrolled.readColumns as Any)(...args))],
  [
    "readLabelledLines",
    () => [["a\tb\n"], "x", false],
    (...args: Any) => all((unrolled.readLabelledLines as Any)(...args)),
  ],
  [
    "readConditioned",
    () => [["a\tb\n"], "x"],
    (...args: Any) => all((unrolled.readConditioned as Any)(...args)),
  ],
  ["readPairs", () => [["a\tb\n"], "x"], (...args: Any) => all((unrolled.readPairs as Any)(...args))],
  ["readTextPairs", () => [["a\tb\n"], "x"], (...args: Any) => all((unrolled.readTextPairs as Any)(...args))],
  [
    "readJsonExamples",
    () => [['{"tokens":["a"],"label":"b"}\n'], "x", { targetPer: "sequence" }],
    (...args: Any) => all((unrolled.readJsonExamples as Any)(...args)),
  ],
  ["readSeries", () => [["a\n1\n2\n"], "x", ["a"], {}], unrolled.readSeries],
  [
    "checkFields",
    () => [unrolled.labelledForm(), ["a", "b"], ["textColumn"], refuse],
    unrolled.checkFields as Any,
  ],
  ["divideAt", () => ["a b", 1], unrolled.divideAt],
  ["indexOfName", () => [["a"], "a"], unrolled.indexOfName],
  ["isUnspaced", () => ["a"], unrolled.isUnspaced],
  ["normalized", () => ["a", { normalForm: "NFC" }], unrolled.normalized as Any],
  ["labelledForm", () => [true], unrolled.labelledForm],
  [
    "readForm",
    () => [["a\tb\n"], "x", unrolled.labelledForm()],
    (...args: Any) => all((unrolled.readForm as Any)(...args)),
  ],
  [
    "readObjects",
    () => [["{}\n"], "x", "jsonl"],
    (...args: Any) => all((unrolled.readObjects as Any)(...args)),
  ],
  [
    "readJsonRows",
    () => [['{"tokens":["a"],"label":"b"}\n'], "x", { targetPer: "sequence" }],
    (...args: Any) => all((unrolled.readJsonRows as Any)(...args)),
  ],
  ["chooseVariant", () => ["auto"], unrolled.chooseVariant],
  ["taggerCutOf", () => [[["a", "b"]], tagger.spec], unrolled.taggerCutOf],

  ["parseExactly", () => ["{}"], unrolled.parseExactly],
  ["stringifyExactly", () => [{}], unrolled.stringifyExactly],
  ["new WrittenNumber", () => ["1"], (digits) => new unrolled.WrittenNumber(digits)],
  ["readWordVectors", () => [["a 1 2\n"], "x", new unrolled.Vocabulary(["a"])], unrolled.readWordVectors],
  [
    "WordVectorFile.open",
    () => [["a 1 2\n"], "x"],
    (...args: Any) => (unrolled.WordVectorFile.open as Any)(...args),
  ],
  [
    "WordVectorFile.read",
    () => [new unrolled.Vocabulary(["a"])],
    async (vocabulary) => (await unrolled.WordVectorFile.open(["a 1 2\n"], "x")).read(vocabulary),
  ],
];
