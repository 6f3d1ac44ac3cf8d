import { UnrolledError } from "../errors.ts";
import type { Graph, Value, ValueInfo } from "../formats/index.ts";
import { type FixFlags, fixedText } from "./fix-flags.ts";
import {
  FORMAT_NAMES,
  type ForeignFile,
  type ForeignFormat,
  type Formats,
  loadFormats,
  readForeign,
} from "./foreign-file.ts";
import { startRuntime } from "./kernels.ts";
import { count, thousands } from "./progress.ts";
import { SINGLE, sampleInputs } from "./sample-inputs.ts";
import { visible } from "./visible.ts";

interface InfoFlags extends FixFlags {
  json?: boolean;
}

/** What `info` tells of a model of another framework. */
interface Description {
  readonly file: string;
  readonly format: ForeignFormat;
  readonly version: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Number of nodes by operator, those of bodies included. */
  readonly operators: Readonly<Record<string, number>>;
  readonly nodes: number;
  /** Number of numbers of all weights. */
  readonly weights: number;
  /** Which outputs `stream` would feed back into which inputs; null if their types do not tell it. */
  readonly states: Readonly<Record<string, string>> | null;
  /** If they do not: the inputs of the same type for each output. */
  readonly candidates: Readonly<Record<string, readonly string[]>>;
  /** Operators that are not known here, with all their nodes. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  /** Number of calls in a plan for one sequence; null if it could not be planned. */
  readonly planned: number | null;
  readonly notes: readonly string[];
}

/** Shows a model of another framework. */
export async function infoForeign(
  file: string,
  bytes: Uint8Array,
  format: ForeignFormat,
  flags: InfoFlags,
): Promise<void> {
  const foreign = await readForeign(file, bytes, format);
  const formats = await loadFormats();
  const { graph } = foreign;
  const description = graph
    ? await describe(file, { ...foreign, graph }, flags, formats)
    : describeWeights(file, foreign, flags);
  if (flags.json) console.log(JSON.stringify(description));
  else print(description, foreign, formats);
}

const sizeOf = (values: Iterable<Value>) => [...values].reduce((sum, { data }) => sum + data.length, 0);

function describeWeights(file: string, foreign: ForeignFile, flags: InfoFlags): Description {
  if (fixedText(flags)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `${file}: ${foreign.problem}, so that --dims and --set have no effect`,
    );
  }
  const { format, version, weights = {}, problem = "" } = foreign;
  return {
    ...{ file, format, version, inputs: [], outputs: [], operators: {}, nodes: 0 },
    ...{
      weights: sizeOf(Object.values(weights)),
      states: null,
      candidates: {},
      missing: {},
      planned: null,
      notes: [problem],
    },
  };
}

async function describe(
  file: string,
  { format, version, graph, spec }: ForeignFile & { graph: Graph },
  { dims, set }: InfoFlags,
  formats: Formats,
): Promise<Description> {
  const fixed = formats.withDims(graph, dims);
  const constants = formats.constantsOf(fixed, set);
  const inputs = fixed.inputs.filter(({ name }) => !constants.has(name));
  const notes: string[] = [];
  if (spec)
    notes.push(`what the weights are is guessed from their names and shapes: ${JSON.stringify(spec)}`);
  if (graph.states?.length)
    notes.push(`it keeps ${count(graph.states.length, "state")} from call to call by itself`);
  const all = allGraphs(fixed, formats);
  const operators: Record<string, number> = {};
  for (const { op } of all.flatMap(({ nodes }) => nodes)) operators[op] = (operators[op] ?? 0) + 1;
  const missing = Object.fromEntries(formats.missingOperators(fixed));
  const known = Object.keys(missing).length === 0;
  const open = { ...fixed, inputs };
  const made = known ? await planFor(open, constants, formats) : null;
  const plan = typeof made === "string" ? null : made;
  const { states, candidates } = statesOf(open, plan, formats);
  if (typeof made === "string") {
    notes.push(
      `it could not be planned for one sequence; give --dims, and --set for inputs that choose branches: ${made}`,
    );
  }
  return {
    ...{ file, format, version, inputs, outputs: fixed.outputs },
    operators: Object.fromEntries(Object.entries(operators).sort(([, a], [, b]) => b - a)),
    nodes: all.reduce((sum, { nodes }) => sum + nodes.length, 0),
    weights: all.reduce((sum, { constants }) => sum + sizeOf(constants.values()), 0),
    ...{ states, candidates, missing, planned: plan?.calls ?? null, notes },
  };
}

/** Returns a graph and all bodies in it. */
function allGraphs(graph: Graph, formats: Formats): Graph[] {
  return [
    graph,
    ...graph.nodes.flatMap((node) => formats.bodiesOf(node).flatMap((body) => allGraphs(body, formats))),
  ];
}

/** A graph as it is planned for one sequence. */
interface Plan {
  readonly calls: number;
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: readonly Value[];
}

/** Plans a graph for one sequence. Returns the reason if that failed for all lengths. */
async function planFor(
  graph: Graph,
  constants: ReadonlyMap<string, Value>,
  { countCalls, inputOf }: Formats,
): Promise<Plan | string> {
  const runtime = await startRuntime();
  try {
    let problem = "";
    for (const attempt of SINGLE) {
      const samples = sampleInputs(graph, attempt);
      try {
        const inputs = new Map(graph.inputs.map((info) => [info.name, inputOf(info, samples[info.name]!)]));
        return { inputs, ...countCalls(runtime, graph, inputs, constants) };
      } catch (error) {
        if (!(error instanceof UnrolledError)) throw error;
        problem = error.message;
      }
    }
    return problem;
  } finally {
    runtime.dispose();
  }
}

/** Returns the states that a stream would find by the declared types, else the candidates by the types in a plan. */
function statesOf(
  { inputs, outputs }: Graph,
  plan: Plan | null,
  { findStates }: Formats,
): Pick<Description, "states" | "candidates"> {
  try {
    return { states: Object.fromEntries(findStates(inputs, outputs)), candidates: {} };
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
  }
  const typeOf = ({ dtype, shape }: Value) => `${dtype} [${shape}]`;
  const found = outputs.map(({ name }, i) => {
    const type = plan && typeOf(plan.outputs[i]!);
    const fits = inputs.filter((input) => type !== null && typeOf(plan!.inputs.get(input.name)!) === type);
    return [name, fits.map((input) => input.name)] as const;
  });
  const candidates = Object.fromEntries(found.filter(([, fits]) => fits.length));
  return { states: Object.keys(candidates).length ? null : {}, candidates };
}

function print(description: Description, { weights }: ForeignFile, { shapeText }: Formats): void {
  const { format, version, operators, states, candidates, missing, nodes, planned, notes } = description;
  const line = (name: string, value: string) => console.log(`${name.padEnd(18)} ${visible(value)}`.trimEnd());
  const inner = (name: string, value: string) =>
    console.log(`  ${visible(name).padEnd(22)} ${visible(value)}`);
  line("format", `${FORMAT_NAMES[format]}: ${version}`);
  for (const part of ["inputs", "outputs"] as const) {
    if (!description[part].length) continue;
    line(part, "");
    for (const { name, dtype, shape } of description[part]) inner(name, `${dtype} ${shapeText(shape)}`);
  }
  const links = Object.entries(states ?? {}).map(([output, input]) => `${output} -> ${input}`);
  const several = Object.entries(candidates).map(([output, fits]) => `${output} -> ${fits.join(" or ")}`);
  if (states) line("states", links.join(", ") || "none");
  else if (several.length) line("states", `to choose from: ${several.join(", ")}`);
  if (nodes) line("operators", `${Object.keys(operators).length}, in ${count(nodes, "node")}`);
  for (const [op, times] of Object.entries(operators)) inner(op, thousands(times));
  line("weights", thousands(description.weights));
  if (!nodes)
    for (const [name, { shape }] of Object.entries(weights ?? {})) inner(name, `[${shape.join(", ")}]`);
  if (Object.keys(missing).length) line("missing", "operators that are not known here, with their nodes");
  for (const [op, names] of Object.entries(missing)) inner(op, names.join(", "));
  if (planned !== null)
    line("planned", `${count(nodes, "node")} become ${count(planned, "call")} for one sequence`);
  for (const note of notes) line("note", note);
}
