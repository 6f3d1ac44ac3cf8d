import { expect, it } from "vitest";
import { serializeSafetensors } from "../../src/io/safetensors.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import { hashText, serializeCheckpoint } from "../../src/train/checkpoint.ts";
import { startRuntime } from "../runtimes.ts";
import { newTrainer, TEXT } from "../train/run.ts";
import { contents, expectRefused, newFolder, TINY, unrolled } from "./cli.ts";

/** A valid model and checkpoint, and one of each kind of invalid file. */
const files = await (async () => {
  const trainer = newTrainer(await startRuntime());
  trainer.step();
  const model = serializeModel(trainer.model);
  const checkpoint = serializeCheckpoint(trainer, { best: null, dataHash: await hashText(TEXT) });
  const cosine = newTrainer(await startRuntime(), { recipe: { schedule: "cosine", lrDecayOver: 8 } });
  const cosineCheckpoint = serializeCheckpoint(cosine, { best: null, dataHash: await hashText(TEXT) });
  return {
    "cosine.checkpoint.safetensors": cosineCheckpoint,
    "good.safetensors": model,
    "good.checkpoint.safetensors": checkpoint,
    "short.safetensors": model.subarray(0, model.length - 5),
    "short.checkpoint.safetensors": checkpoint.subarray(0, 100),
    "foreign.safetensors": serializeSafetensors({ w: { shape: [1], data: Float32Array.of(1) } }),
    "empty.txt": "",
    "binary.txt": Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0, 255),
    "zero.txt": "a text with a \0 in it",
    "latin1.txt": Uint8Array.of(99, 97, 102, 233),
    "one.txt": "a",
    "line.txt": "a single line\n",
    "tiny.txt": "too little text",
    "other.txt": `${TEXT}, and more`,
  };
})();

/** Makes a test time out if a run starts that should have been refused. */
const LONG = ["--iters", "100000000"];
const train = (...args: string[]) => ["train", ...TINY, ...LONG, ...args];
const trainOn = (data: string, ...args: string[]) => ["train", "--data", data, ...LONG, ...args];
const resume = (...args: string[]) => ["train", "--data", "text.txt", ...LONG, "--resume", ...args];
const evaluate = (model: string, data: string, ...args: string[]) => ["eval", model, "--data", data, ...args];
const sample = (...args: string[]) => ["sample", "good.safetensors", ...args];

it.concurrent.each<[string, string[], ...(string | RegExp)[]]>([
  ["an unknown command", ["tarin"], "tarin", "train"],
  ["an unknown option", train("--hiden", "3"), "--hiden", "--hidden"],
  ["one argument too many", ["info", "good.safetensors", "more"], "argument"],
  ["a missing option", ["train"], "--data"],
  ["an option without value", ["train", "--data"], "--data"],
  ["a missing model", ["sample"], "model"],
  ["a cell that does not exist", train("--cell", "mlp"), "--cell", "lstm"],
  ["an optimiser that does not exist", train("--optimizer", "adamm"), "--optimizer", "adam"],
  ["a variant that does not exist", train("--variant", "fast"), "--variant", "strict"],
  ["hidden 0", train("--hidden", "0"), "--hidden", "whole number from 1"],
  ["layers 1.5", train("--layers", "1.5"), "--layers", "whole number"],
  ["batch in words", train("--batch", "many"), "--batch", "whole number"],
  ["a negative number of steps", train("--seq", "-50"), "--seq", "whole number"],
  ["an empty number", train("--iters", ""), "--iters", "whole number"],
  ["epochs 0", ["train", ...TINY, "--epochs", "0"], "--epochs", "above 0"],
  ["epochs and iterations", train("--epochs", "1"), "--epochs", "--iters"],
  ["a switch and its opposite", train("--tied", "--no-tied"), "--tied and --no-tied contradict"],
  [
    "a header and none",
    evaluate("good.safetensors", "text.txt", "--no-header", "--header"),
    "--no-header and --header",
  ],
  ["learning rate 0", train("--lr", "0"), "--lr", "above 0"],
  ["an infinite learning rate", train("--lr", "Infinity"), "--lr"],
  ["half an epoch before the decay", train("--lr-decay-after", "1.5"), "--lr-decay-after", "whole number"],
  ["a schedule that does not exist", train("--schedule", "square"), "--schedule", "cosine"],
  ["half an iteration of warm-up", train("--warm-up", "0.5"), "--warm-up", "whole number"],
  ["a decay of 0", train("--lr-decay", "0"), "--lr-decay", "above 0"],
  ["patience -1", train("--patience", "-1"), "--patience", "whole number"],
  ["early stopping in words", train("--early-stop", "soon"), "--early-stop", "whole number"],
  ["steps for lines", train("--lines", "--seq", "5"), "--lines", "--seq"],
  ["a single line", trainOn("line.txt", "--lines"), "line.txt", "1 sequence,", "at least 2"],
  ["no line", trainOn("one.txt", "--lines"), "one.txt", "no newline"],
  ["a negative limit", train("--clip", "-1"), "--clip", "from 0"],
  ["dropout 1", train("--dropout", "1"), "--dropout", "below 1"],
  ["a seed beyond 2^53", train("--seed", "9007199254740992"), "--seed", "whole number"],
  ["a model too large for the memory", train("--hidden", "65536"), "memory", "smaller model"],
  ["a huge number of units", train("--hidden", "1e9"), "--hidden", "a whole number from 1 to 65536"],
  ["a huge number of layers", train("--layers", "1e9"), "--layers", "a whole number from 1 to 100"],
  ["a huge batch", train("--batch", "1e9"), "--batch", "a whole number from 1 to 65536"],
  ["a huge number of steps", train("--seq", "1e9"), "--seq", "a whole number from 1 to 1000000"],
  ["a huge vocabulary", train("--vocabulary", "1e18"), "--vocabulary", "a whole number from 3 on"],
  ["a huge number of threads", train("--workers", "1e9"), "workers", "from 1 to 256"],
  ["temperature -1", sample("--temperature", "-1"), "--temperature", "from 0"],
  ["top-p 0", sample("--top-p", "0"), "--top-p", "above 0"],
  ["top-p 2", sample("--top-p", "2"), "--top-p", "up to 1"],
  ["top-k 1.5", sample("--top-k", "1.5"), "--top-k", "whole number"],
  ["length -1", sample("--length", "-1"), "--length", "whole number"],
  ["streams 0", evaluate("good.safetensors", "text.txt", "--streams", "0"), "--streams", "whole number"],
  ["missing data", trainOn("none.txt"), "none.txt", "no such file"],
  ["an empty folder as data", trainOn("folder"), "the folder folder has no texts"],
  ["empty data", trainOn("empty.txt"), "empty.txt", "is empty"],
  ["binary data", trainOn("binary.txt"), "binary.txt", "UTF-8"],
  ["data with a zero byte", trainOn("zero.txt"), "zero.txt", "zero byte at character 14"],
  ["data in Latin-1", trainOn("latin1.txt"), "latin1.txt", "UTF-8"],
  ["too little data", trainOn("tiny.txt"), "tiny.txt", "15 symbols", "smaller batch"],
  ["missing data to evaluate", evaluate("good.safetensors", "none.txt"), "none.txt"],
  ["a single character to evaluate", evaluate("good.safetensors", "one.txt"), "one.txt", "at least 2"],
  [
    "a folder that does not exist",
    train("--out", "none/model.safetensors"),
    "none/model.safetensors",
    "no such",
  ],
  ["a folder as output", train("--out", "folder"), "folder", "it is a folder"],
  ["a file as folder of the output", train("--out", "text.txt/model"), "text.txt/model", "not a folder"],
  ["the text as output", train("--out", "text.txt"), "text.txt", "overwrite"],
  [
    "a checkpoint as output",
    train("--out", "good.checkpoint.safetensors"),
    "good.checkpoint.safetensors",
    "another one",
  ],
  ["a missing model file", ["sample", "none.safetensors"], "none.safetensors", "no such file"],
  ["a folder as model", ["info", "folder"], "folder", "it is a folder"],
  ["an empty model", ["info", "empty.txt"], "empty.txt", "safetensors"],
  ["a text as model", ["sample", "text.txt"], "text.txt", "not a file of this format, such as a model"],
  ["a truncated model", evaluate("short.safetensors", "text.txt"), "short.safetensors", "safetensors"],
  ["a foreign model", ["sample", "foreign.safetensors"], "foreign.safetensors", "not a file of unrolled"],
  [
    "a checkpoint as model",
    ["sample", "good.checkpoint.safetensors"],
    "good.checkpoint.safetensors",
    "--resume",
  ],
  ["characters that the model never saw", sample("--prompt", "3 ÄPP"), '"Ä"', "prompt"],
  ["a model as checkpoint", resume("good.safetensors"), "good.safetensors", "not a checkpoint"],
  ["a truncated checkpoint", resume("short.checkpoint.safetensors"), "short.checkpoint.safetensors"],
  ["a missing checkpoint", resume("none.checkpoint.safetensors"), "none.checkpoint.safetensors"],
  [
    "a checkpoint that would be overwritten",
    resume("good.safetensors", "--out", "good.safetensors"),
    "overwrite",
  ],
  [
    "an option that is in the checkpoint",
    resume("good.checkpoint.safetensors", "--lr-decay", "1"),
    "--lr-decay",
    "--resume",
  ],
  [
    "lines, which is in the checkpoint",
    resume("good.checkpoint.safetensors", "--lines"),
    "--lines",
    "--resume",
  ],
  [
    "a cosine schedule that has ended",
    ["train", "--data", "text.txt", "--iters", "9", "--resume", "cosine.checkpoint.safetensors"],
    "cosine schedule of this run ends at iteration 8",
    "start again",
  ],
  [
    "another text to continue with",
    trainOn("other.txt", "--resume", "good.checkpoint.safetensors"),
    "other.txt",
    "not those",
  ],
  [
    "a model in the way",
    ["train", "--data", "text.txt", "--out", "good.safetensors"],
    "good.safetensors exists; give another --out, --resume good.checkpoint.safetensors to continue its run, or --force to replace it",
  ],
  [
    "another model in the way of a resumed run",
    ["train", "--data", "text.txt", "--resume", "good.checkpoint.safetensors", "--out", "short.safetensors"],
    "short.safetensors exists",
  ],
])("%s: is refused, and changes nothing", (_, args, ...patterns) =>
  expectRefused(newFolder(files), args, ...patterns),
);

it.concurrent("no command: prints the help as an error, and changes nothing", async () => {
  const folder = newFolder(files);
  const before = contents(folder);
  expect(await unrolled(folder)).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(/^Usage/) });
  expect(contents(folder)).toEqual(before);
});
