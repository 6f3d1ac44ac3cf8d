import type { Workspace } from "../runtime/workspace.ts";
import type { Graph, Value } from "./graph.ts";
import { Runner } from "./runner.ts";
import { Session } from "./session.ts";
import type { Stage } from "./stage.ts";

/**
 * Runs a graph once, and counts the calls of kernels and functions that it is after planning. What bodies of loops call is not counted.
 * Also returns the outputs, and the states behind them.
 *
 * @param inputs the inputs by name, without those in `constants`
 * @param constants inputs on whose numbers the plan may depend
 * @throws the errors of planning
 */
export function countCalls(
  runtime: Workspace,
  graph: Graph,
  inputs: ReadonlyMap<string, Value>,
  constants: ReadonlyMap<string, Value>,
): { calls: number; outputs: Value[] } {
  const session = new Session(runtime);
  const runner = new Runner(session, graph);
  try {
    const values = new Map(inputs);
    for (const { input, initial } of graph.states ?? []) values.set(input, initial);
    const outputs = runner.run(values, constants);
    const { stage } = runner.plan(values, constants);
    let calls = 0;
    for (let next: Stage | undefined = stage; next; [next] = next.stages.values()) calls += next.steps.length;
    return { calls, outputs };
  } finally {
    runner.dispose();
    session.dispose();
  }
}
