import { expect, it } from "vitest";
import { newFolder, unrolled } from "./cli.ts";

const TRAIN =
  "data validation task level tokens vocabulary min-count softmax cutoffs vectors cut lines zero-start batch seq optimizer lr schedule " +
  "warm-up lr-decay lr-decay-after patience early-stop clip clip-by average seed iters epochs variant " +
  "validate-every gradient-flow workers out force resume json wide help source-level target-level lower-case " +
  "attention encoder-layers encoder-hidden encoder-cell decoder-layers teacher-forcing format header no-header text-column label-column label-first pooling " +
  "token-column tag-column multi-label characters character-hidden word-dropout embedding-start class-weights " +
  "column target decimal fill missing horizon strategy no-changes loss condition size stack cell hidden layers " +
  "embedding freeze-vectors connections norm dropout input-dropout variational-dropout head head-activation tied " +
  "no-tied bidirectional no-bidirectional nonlinearity identity-start reset-before no-reset-gate " +
  "forget-gate forget-bias peepholes activations gate-clip gate-norm";

const OPTIONS = {
  train: TRAIN,
  search: TRAIN.replace(
    "gradient-flow workers out force resume",
    "space method trials population median-after log out storage study svg force",
  ),
  eval: "data json beam max-length length-penalty from steps format header no-header cut streams text-column label-column label-first token-column tag-column threshold decimal fill missing lm lm-weight length-bonus wide help",
  predict:
    "data out force json beam max-length length-penalty steps format header no-header cut text-column label-column label-first token-column tag-column tokens threshold decimal fill missing among top lm lm-weight length-bonus wide help",
  sample: "condition prompt length temperature top-k top-p seed json wide help",
  score: "data alternatives json wide help",
  suggest: "top json wide help",
  quantize: "out force json wide help",
  convert: "out to states part dims set task vocabulary labels data seed force json wide help",
  info: "dims set json wide help",
  inspect:
    "data row gate layer steps batch clip clip-by format header no-header cut text-column label-column label-first token-column tag-column decimal fill missing svg force json wide help",
};

it.concurrent.each(Object.entries(OPTIONS))("%s --help describes every option", async (command, options) => {
  const { code, stdout, stderr } = await unrolled(newFolder(), command, "--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const described = [...stdout.matchAll(/^ {2}(?:-h, )?--(\S+)(?: [<[]\S+[>\]])? {2,}\w+/gm)].map(
    ([, name]) => name,
  );
  expect(described).toEqual(options.split(" "));
  expect(stdout.split("Options:")[0]!.split("\n\n")[1], "a sentence about the command").toMatch(/\w+.*\./s);
});

it.concurrent.each(["eval", "predict"])("%s --help tells the beam with and without --lm", async (command) => {
  const { stdout } = await unrolled(newFolder(), command, "--help");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("beam width (default: 1, greedy; with --lm 10)");
});

it.concurrent.each(["train", "search"])(
  "%s --help says whose learning rate is the default",
  async (command) => {
    const { stdout } = await unrolled(newFolder(), command, "--help");
    const help = stdout.replaceAll(/\s+/g, " ");
    const own =
      "that of the task's recipe, 0.002 for characters; with another --optimizer than the recipe's: sgd 0.01, ";
    expect(help).toContain(`--lr <rate> learning rate (default: ${own}`);
    expect(help).toContain(
      "(default: that of the task's recipe, 0.97; with another --schedule than the recipe's: ",
    );
  },
);

it.concurrent("unrolled --help names every command, --version the version", async () => {
  const [help, version] = await Promise.all(
    ["--help", "--version"].map((flag) => unrolled(newFolder(), flag)),
  );
  for (const command of Object.keys(OPTIONS))
    expect(help!.stdout).toMatch(new RegExp(`^ {2}${command} .* {2,}\\w+`, "m"));
  expect(version!.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
