import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { withContext } from "../tasks/source.ts";
import { writeWhole } from "./files.ts";
import type { InspectFlags } from "./flags.ts";
import { gateTable, meansTable } from "./gate-table.ts";
import type { Given } from "./given.ts";
import { heatMap } from "./heat-map.ts";
import { noteInt8 } from "./int8-note.ts";
import { withModel } from "./open-model.ts";
import { type AnyCommands, taskOf } from "./tasks/index.ts";
import { checkFormatOptions } from "./tasks/options.ts";
import { readInputs } from "./tasks/predict-inputs.ts";
import { type TracedLayer, traceGates } from "./traced-gates.ts";
import { visible } from "./visible.ts";

/** The gate that is drawn unless another one is asked for: the first of these that the cell has. */
const SHOWN = ["f", "i", "z", "h"];

interface Input {
  /** Name of the input in errors. */
  readonly name: string;
  /** What says in JSON which input it is. */
  readonly fields: object;
  readonly value: unknown;
}

/** Shows what the gates of a model do while it reads texts or a row of a file. @param given the options that the user set */
export async function inspectGates(
  file: string,
  texts: readonly string[],
  flags: InspectFlags,
  given: Given,
): Promise<void> {
  const { svg, json, gate, layer = 0 } = flags;
  await withModel(file, async (model: TaskModel) => {
    checkFormatOptions(given, model.spec.task);
    noteInt8(model, file, json);
    const commands = taskOf(model.spec);
    const inputs = await inputsOf(commands, model, texts, flags);
    if (svg && inputs.length > 1) {
      throw new UnrolledError("ERR_VALUE", `--svg draws one text, but there are ${inputs.length}; give one`);
    }
    for (const [i, { name, fields, value }] of inputs.entries()) {
      const layers = await withContext(name, () => traceGates(commands, model, value));
      const shown = layersAt(layers, layer, file);
      const wanted = gateOf(shown, gate, file);
      if (svg) await writeWhole(svg, new TextEncoder().encode(heatMap(shown, wanted)));
      if (json) {
        console.log(JSON.stringify({ model: file, ...fields, layers: layers.map(layerFields) }));
        continue;
      }
      if (i) console.log();
      const tables = [meansTable(layers), ...shown.map((one) => gateTable(one, wanted))];
      console.log([visible(name), ...tables.map((table) => table.join("\n"))].join("\n\n"));
    }
  });
}

/** Reads the inputs: the texts, or one row of a file. */
async function inputsOf(
  commands: AnyCommands,
  model: TaskModel,
  texts: readonly string[],
  { row = 1, data, json, ...flags }: InspectFlags,
): Promise<readonly Input[]> {
  const reading = { ...flags, ...(data && { data }), ...(json && { json }) };
  const inputs = commands.traceInputs
    ? await commands.traceInputs(model, texts, reading)
    : (await readInputs(commands.task, model, texts, reading)).inputs;
  if (!data) {
    return inputs.map((value, i) => {
      const text = typeof value === "string" ? (texts[i] ?? "") : texts.join(" ");
      return { name: JSON.stringify(text), fields: { text }, value: filled(value, JSON.stringify(text)) };
    });
  }
  const name = `row ${row} of ${data.join(", ")}`;
  const value = inputs[row - 1];
  if (value === undefined) {
    const rows = inputs.length === 1 ? "has one input" : `has ${inputs.length} inputs`;
    throw new UnrolledError("ERR_VALUE", `--row ${row}: ${data.join(", ")} ${rows}; give a smaller number`);
  }
  return [
    { name, fields: { row, ...(typeof value === "string" && { text: value }) }, value: filled(value, name) },
  ];
}

/** @throws ERR_DATA if an input is blank */
function filled(value: unknown, name: string): unknown {
  if ((value as ArrayLike<unknown>).length) return value;
  throw new UnrolledError("ERR_DATA", `${name} is empty, expected something to read`);
}

/** Returns the layers with a number, of every part and direction. @throws ERR_VALUE if there are none */
function layersAt(layers: readonly TracedLayer[], number: number, file: string): readonly TracedLayer[] {
  const found = layers.filter(({ layer }) => layer === number);
  if (found.length) return found;
  const last = layers.reduce((most, { layer }) => Math.max(most, layer), 0);
  const has = last ? `layers 0 to ${last}` : "one layer, 0";
  throw new UnrolledError("ERR_VALUE", `--layer ${number}: ${file} has ${has}`);
}

/** Returns the gate to draw. @throws ERR_VALUE if the cell does not have the one that was asked for */
function gateOf(layers: readonly TracedLayer[], asked: string | undefined, file: string): string {
  const names = Object.keys(layers[0]!.gates);
  if (asked === undefined) return SHOWN.find((name) => names.includes(name))!;
  const lacking = layers.find(({ gates }) => !Object.hasOwn(gates, asked));
  if (!lacking) return asked;
  const own = Object.keys(lacking.gates).join(", ");
  throw new UnrolledError("ERR_VALUE", `--gate ${asked}: the cell of ${file} has ${own}; give one of them`);
}

/** Returns a layer as JSON: each value is [steps, units]. */
function layerFields({ part, layer, direction, hidden: H, symbols, gates }: TracedLayer): object {
  const rows = (values: Float32Array) =>
    symbols.map((_, t) => Array.from(values.subarray(t * H, (t + 1) * H)));
  return {
    ...{ part, layer, direction, symbols },
    gates: Object.fromEntries(Object.entries(gates).map(([name, values]) => [name, rows(values)])),
  };
}
