import { type Command, Option } from "commander";
import { UnrolledError } from "../errors.ts";
import { convertForeign } from "./convert-foreign.ts";
import { convertOwn } from "./convert-own.ts";
import { convertToFolder } from "./convert-to-folder.ts";
import { type ConvertFlags, TARGETS, type Target } from "./converted.ts";
import { checkNotData, repeated } from "./data-files.ts";
import { checkModelName, checkNew, checkWritable, readBytes, writeWhole } from "./files.ts";
import { addFixOptions } from "./fix-flags.ts";
import { foreignFormat, readForeign } from "./foreign-file.ts";
import { whole } from "./numbers.ts";
import { thousands } from "./progress.ts";
import { isFolder, readModelFolder } from "./pytorch-folder.ts";
import { isSpec } from "./spec-file.ts";

/** Formats by the ends of names, the likeliest first. */
const ENDINGS: readonly (readonly [RegExp, readonly Target[], string])[] = [
  [/\.onnx$/i, ["onnx"], "an ONNX file"],
  [/\.(?:h5|hdf5)$/i, ["keras"], "a Keras file"],
  [/\.safetensors$/i, ["safetensors", "pytorch"], "a safetensors file"],
];

/** Names of files that are not written, and what to write instead. */
const NOT_WRITTEN: readonly (readonly [RegExp, string])[] = [
  [/\.keras$/i, "Keras 2 and 3 read .h5, which has the architecture too; give --out a name that ends in .h5"],
  [
    /\.(?:pt|pth|bin|ckpt)$/i,
    "pickles are not written; give --out a name that ends in .safetensors, and --to pytorch",
  ],
  [
    /\.json$/i,
    "models of TensorFlow.js are not written; write .h5, and convert it with tensorflowjs_converter",
  ],
];

export function addConvert(program: Command): void {
  const command = program
    .command("convert")
    .summary("convert models from and to ONNX, Keras and PyTorch")
    .description(
      "Writes a model in another format. A model file becomes an ONNX file, a Keras file (.h5), or a safetensors file with the names of PyTorch. " +
        "A model of ONNX, Keras, TensorFlow.js or PyTorch becomes an ONNX file, or a model file that every command opens, if it is an embedding, recurrent layers and linear layers. " +
        "If both sides can run here, both run on random inputs, and the largest difference of their outputs is printed. " +
        "--to pytorch with a folder as --out writes a module of PyTorch, its weights and a script that trains them with torchrun, from a model file or from a spec " +
        "without weights; convert FOLDER --out MODEL brings the trained model back.",
    )
    .argument("<model>", "model file; of TensorFlow.js its model.json; a folder for PyTorch; a spec as JSON")
    .requiredOption(
      "--out <file>",
      "where the converted model is saved; its ending tells the format: .onnx, .h5, .safetensors; with --to pytorch and no ending, a folder",
    )
    .addOption(
      new Option(
        "--to <format>",
        "format, if the ending does not tell it; pytorch: a folder, or safetensors with the names of PyTorch; safetensors: a model file",
      ).choices(TARGETS),
    )
    .option(
      "--states",
      "onnx: the states before the first step are inputs, and those after the last are outputs",
    )
    .addOption(
      new Option(
        "--part <part>",
        "onnx: the part of a generator, encoder-decoder or autoencoder to write, so that a program can write token by token",
      ).choices(["encoder", "decoder"]),
    );
  addFixOptions(command)
    .option(
      "--task <task>",
      "models of other frameworks: what the model file is for: language-model, classifier or tagger (default: by the shape of the output)",
    )
    .option(
      "--vocabulary <file>",
      "models of other frameworks: the symbols in the order of their ids, one a line, or a list or table of ids as JSON",
    )
    .option(
      "--labels <file>",
      "models of other frameworks: the labels in the order of the outputs, in the same form",
    )
    .option(
      "--data <file>",
      "spec: the file to train on, from which the tables are made, such as the vocabulary; may be given several times",
      repeated,
    )
    .option("--seed <n>", "spec: seed of the weights (default: 1)", whole(0))
    .option("--force", "replace the files of --out if they exist")
    .option("--json", "print one JSON object: sizes in bytes, the largest error, and notes")
    .action(convert);
}

/** Returns the format to write. @throws ERR_VALUE if name and --to do not tell one */
function targetOf({ out, to }: ConvertFlags): Target {
  const instead = NOT_WRITTEN.find(([ending]) => ending.test(out));
  if (instead) throw new UnrolledError("ERR_VALUE", `--out ${out}: ${instead[1]}`);
  const [, targets, what] = ENDINGS.find(([ending]) => ending.test(out)) ?? [];
  if (targets && to && !targets.includes(to)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `--out ${out} is the name of ${what}, and --to is ${to}; change one of them`,
    );
  }
  const target = to ?? targets?.[0];
  if (target) return target;
  const problem = `--out ${out}: its ending tells no format`;
  throw new UnrolledError("ERR_VALUE", `${problem}; end it in .onnx, .h5 or .safetensors, or give --to`);
}

/** Runs the command. A folder for PyTorch has several files, all others are one. */
async function convert(file: string, flags: ConvertFlags): Promise<void> {
  const { out, force, json } = flags;
  checkModelName(out);
  const toFolder = flags.to === "pytorch" && (isFolder(out) || !ENDINGS.some(([ending]) => ending.test(out)));
  if (toFolder && !isFolder(out)) targetOf(flags);
  if (toFolder) return convertToFolder(file, flags);
  const target = targetOf(flags);
  await checkNotData("--out", out, [file]);
  await checkWritable(out);
  if (!force) checkNew("--out", out);
  const before = isFolder(file) ? await readModelFolder(file) : await readBytes(file);
  if (isSpec(before)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `${file} is a spec without weights, which only --to pytorch with a folder takes`,
    );
  }
  const format = await foreignFormat(file, before);
  const { bytes, largestError, notes } = format
    ? await convertForeign(file, await readForeign(file, before, format), target, flags)
    : await convertOwn(file, before, target, flags);
  await writeWhole(out, bytes);
  if (json) {
    const sizes = { bytes_before: before.length, bytes_after: bytes.length };
    console.log(
      JSON.stringify({
        model: file,
        out,
        from: format ?? "safetensors",
        to: target,
        ...sizes,
        largest_error: largestError ?? null,
        notes,
      }),
    );
    return;
  }
  console.log(`${out} is the model of ${file} as ${NAMES[target]}, ${thousands(bytes.length)} bytes.`);
  console.log(
    largestError === undefined
      ? "Its outputs were not compared."
      : `Its outputs for random inputs differ by ${largestError ? largestError.toExponential(1) : 0} at most.`,
  );
  for (const note of notes) console.log(note);
}

const NAMES: Readonly<Record<Target, string>> = {
  onnx: "an ONNX file",
  keras: "a file of Keras",
  pytorch: "safetensors with the names of PyTorch",
  safetensors: "a model file",
};
