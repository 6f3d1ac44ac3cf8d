import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { labelledForm } from "../../src/data/labelled.ts";
import { randomNumbers } from "../../src/data/shuffle.ts";
import { readTokens } from "../../src/tables/sentences.ts";
import { readTexts } from "../../src/tables/texts.ts";
import { compactReading } from "../../src/tasks/reading.ts";
import { newFolder } from "./folders.ts";
import { describeEngine, runPython } from "./python.ts";

// The readers of train.py read a file as ours do, or refuse it.

const COUNT = 1500;
const TEXTS =
  'a|b c|text|label|English|1|0.5|| |x\u00a0|good film|class_a|label 1|label 2|"q"|don"t|a,b|a;b|é|e\u0301|# c|sep=;|id|\ufeff|\u001c|true';
const TOKENS =
  "a|dog|O|B-X|NN|text|Tag|ner|1|2|1-2|1.1|#|# c|# id = 3|-DOCSTART-|x\u00a0|_||.|English|label 1";
const HEADERS = "text,label|label,text|id,text,label|foo,bar|word,pos,ner|tag,token|Sentence #,word,pos";

const draw = randomNumbers(7, 1);
const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

/** Makes a file of a few rows with random cells. */
function randomFile(): { ending: string; text: string; sentences: boolean } {
  const sentences = draw() < 0.5;
  const ending = pick(sentences ? ["txt", "txt", "csv", "conllu"] : ["tsv", "tsv", "csv"]);
  const by = ending === "csv" ? pick([",", ";", "\t"]) : sentences ? pick(["\t", " "]) : "\t";
  const cells = (sentences ? TOKENS : TEXTS).split("|");
  const few = times(pick([3, 8]), () => pick(cells));
  const width = ending === "conllu" ? 10 : pick([1, 2, 2, 3]);
  const quoted = draw() < 0.2;
  const row = (i: number) => {
    const own = times(draw() < 0.95 ? width : pick([1, 2, 3]), () =>
      pick(draw() < 0.5 ? few : ["dog", "NN"]),
    );
    if (ending === "conllu") own[0] = draw() < 0.95 ? String(i + 1) : pick(few);
    return own.map((cell) => (quoted ? `"${cell.replaceAll('"', '""')}"` : cell)).join(by);
  };
  const header = draw() < 0.4 ? [pick(HEADERS.split("|")).replaceAll(",", by)] : [];
  const blocks = times(sentences ? pick([1, 2, 3]) : 1, () => [...times(pick([1, 2, 4]), row), ""]);
  return { ending, text: [...header, ...blocks.flat()].join(pick(["\n", "\r\n"])), sentences };
}

/** Returns what our readers make of a file, and how they read it. */
async function readOwn(text: string, name: string, sentences: boolean) {
  try {
    if (sentences) {
      const found = await readTokens([text], name);
      const read = found.sentences.map(({ tokens, labels }) => [tokens, labels]);
      return { read, reading: compactReading(name, found.reading) };
    }
    const { rows, reading } = await readTexts([text], name, labelledForm());
    return {
      read: rows.flatMap(({ values }) => (values ? [values] : [])),
      reading: compactReading(name, reading),
    };
  } catch {
    return { read: [], reading: {} };
  }
}

describeEngine("the reader of tables", { modules: [] }, () => {
  it("reads random files as ours does, or refuses them", async () => {
    const folder = newFolder();
    const cases = [];
    for (const { ending, text, sentences } of times(COUNT, randomFile)) {
      const file = join(folder, `${cases.length}.${ending}`);
      writeFileSync(file, text);
      cases.push({ file, text, sentences, ...(await readOwn(text, file, sentences)) });
    }
    const list = join(folder, "cases.json");
    writeFileSync(list, JSON.stringify(cases));
    const { stdout, stderr } = await runPython([new URL("read_all.py", import.meta.url).pathname, list]);
    expect(stderr).toBe("");
    const found: unknown[] = JSON.parse(stdout);
    const read = cases.flatMap((own, i) => (found[i] ? [{ own, found: found[i] }] : []));
    for (const { own, found } of read) expect(found, JSON.stringify(own.text)).toEqual(own.read);
    expect(read.length).toBeGreaterThan(COUNT / 4);
    expect(cases.filter(({ read }, i) => read.length && !found[i]).length).toBeLessThan(COUNT / 10);
  }, 120_000);
});
