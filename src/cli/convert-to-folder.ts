import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import type { Recipe } from "../train/recipe.ts";
import type { ConvertFlags } from "./converted.ts";
import { readBytes } from "./files.ts";
import { refuseFixed } from "./fix-flags.ts";
import { FORMAT_NAMES, foreignFormat, loadFormats } from "./foreign-file.ts";
import { withModelBytes } from "./open-model.ts";
import { thousands } from "./progress.ts";
import { isFolder, readModelFolder, writeModelFolder } from "./pytorch-folder.ts";
import { readSpec, specModel } from "./spec-file.ts";

/** Writes a folder for PyTorch, from a model file, another such folder, or a spec without weights. */
export async function convertToFolder(file: string, flags: ConvertFlags): Promise<void> {
  const { out, force = false, data, seed, json } = flags;
  refuseFixed(file, flags);
  const bytes = isFolder(file) ? await readModelFolder(file) : await readBytes(file);
  const spec = readSpec(file, bytes);
  const write = async (model: TaskModel, recipe?: Recipe, note?: string) => {
    const size = await writeModelFolder(out, model, recipe, force);
    const problem = (await loadFormats()).untrainable(model);
    if (json) {
      const sizes = { bytes_before: bytes.length, bytes_after: size };
      const notes = [note, problem].filter((said) => said !== undefined);
      console.log(
        JSON.stringify({
          model: file,
          out,
          from: spec ? "spec" : "safetensors",
          to: "pytorch",
          ...sizes,
          notes,
        }),
      );
      return;
    }
    console.log(
      `${out} has the model of ${file} for PyTorch, ${thousands(size)} bytes; ${out}/README.md says how to use it.`,
    );
    if (note) console.log(note);
    console.log(problem ?? `To train it: torchrun --nproc_per_node 2 ${out}/train.py --data FILE`);
  };
  if (spec) {
    const { model, recipe, note } = await specModel(file, spec, data, seed);
    try {
      return await write(model, recipe, note);
    } finally {
      model.runtime.dispose();
    }
  }
  const given = (["data", "seed"] as const).find((name) => flags[name] !== undefined);
  if (given) {
    throw new UnrolledError(
      "ERR_VALUE",
      `--${given} is for specs without weights, and ${file} is a model; leave it out`,
    );
  }
  const format = await foreignFormat(file, bytes);
  if (format) {
    const made = `convert ${file} --out model.safetensors, then convert that`;
    throw new UnrolledError("ERR_VALUE", `${file} is a model of ${FORMAT_NAMES[format]}; ${made}`);
  }
  await withModelBytes(file, bytes, (model: TaskModel) => write(model));
}
