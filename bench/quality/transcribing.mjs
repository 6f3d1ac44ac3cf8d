// The rows of handwriting and speech. Their data are made here: see ../../examples/data/generators.

import { fileURLToPath } from "node:url";
import { englishWords, handwriting } from "../../examples/data/generators/handwriting.mjs";
import { phrases } from "../../examples/data/generators/speech.mjs";

const SCRIPT = fileURLToPath(new URL("torch_transcriber.py", import.meta.url));
const NETWORK = ["--hidden", "64", "--stack", "2"];

/** Returns the texts of the files of a data set. */
const filesOf = ({ train, dev, test }) =>
  Object.fromEntries(
    Object.entries({ train, dev, test }).map(([part, rows]) => [
      `${part}.jsonl`,
      rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    ]),
  );

/** Makes the row of a data set, which is made once for all its runs. */
function row(name, make, iterations, pytorch) {
  let made;
  return {
    name,
    variant: "LSTM in both directions, best path",
    metric: "CER",
    better: -1,
    seeds: [0, 1, 2, 3, 4, 5],
    pytorch: { ...pytorch, script: (folder) => [SCRIPT, folder, ...NETWORK, "--iters", iterations] },
    files: async () => {
      made ??= make();
      return filesOf(await made);
    },
    train: (_, folder) => [
      ...["--task", "transcriber", "--data", `${folder}/train.jsonl`, "--validation", `${folder}/dev.jsonl`],
      ...[...NETWORK, "--iters", iterations, "--validate-every", iterations],
    ],
    use: (folder) => ["--data", `${folder}/test.jsonl`],
    score: ({ cer }) => 100 * cer,
    also: ({ wer }) => ({ wer: 100 * wer }),
  };
}

export const transcribing = () => [
  row("handwriting, held-out writers", async () => handwriting(await englishWords()), "1200", {
    score: 8.94,
    spread: 2.11,
  }),
  row("speech, held-out voices", phrases, "1200", { score: 9.68, spread: 0.96 }),
];
