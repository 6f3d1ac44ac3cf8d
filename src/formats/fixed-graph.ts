import { UnrolledError } from "../errors.ts";
import { type GraphInput, inputOf } from "../graph/arrays.ts";
import type { Graph, Value, ValueInfo } from "../graph/graph.ts";
import { show } from "../schema.ts";

/** What a user fixes of a graph. */
export interface Fixed {
  /** Lengths of axes by their names. */
  readonly dims: Readonly<Record<string, number>>;
  /** Inputs that are the same in every call. */
  readonly constants: Readonly<Record<string, GraphInput | number | bigint>>;
}

/** Returns the names of the open axes of a graph's inputs. */
export const openAxes = ({ inputs }: Graph): string[] => [
  ...new Set(inputs.flatMap(({ shape }) => shape ?? []).filter((size) => typeof size === "string")),
];

function fail(problem: string): never {
  throw new UnrolledError("ERR_VALUE", problem);
}

/** Returns a graph whose named axes have lengths. @throws ERR_VALUE if an axis is unknown or a length invalid */
export function withDims(graph: Graph, dims: Fixed["dims"]): Graph {
  const known = openAxes(graph);
  for (const [name, size] of Object.entries(dims)) {
    if (!known.includes(name)) {
      fail(`dims: no axis is called ${show(name)}; there are ${known.join(", ") || "none"}`);
    }
    if (!Number.isSafeInteger(size) || size < 1)
      fail(`dims: ${name} is ${show(size)}, expected a whole number from 1`);
  }
  const fix = (info: ValueInfo): ValueInfo => ({
    ...info,
    shape: info.shape?.map((size) =>
      typeof size === "string" && Object.hasOwn(dims, size) ? dims[size]! : size,
    ),
  });
  return { ...graph, inputs: graph.inputs.map(fix), outputs: graph.outputs.map(fix) };
}

/** Checks constants against a graph's inputs. @throws ERR_VALUE, ERR_SHAPE or ERR_DTYPE if one is unknown or does not fit */
export function constantsOf({ inputs }: Graph, constants: Fixed["constants"]): Map<string, Value> {
  return new Map(
    Object.entries(constants).map(([name, given]) => {
      const names = inputs.map((input) => input.name).join(", ") || "none";
      const info =
        inputs.find((input) => input.name === name) ??
        fail(`set: no input is called ${show(name)}; there are ${names}`);
      return [name, inputOf(info, given)];
    }),
  );
}

/** Returns a graph in which inputs are constants. @param constants the result of `constantsOf` */
export function withConstants(graph: Graph, constants: ReadonlyMap<string, Value>): Graph {
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !constants.has(name)),
    constants: new Map([...graph.constants, ...constants]),
  };
}
