import { spawn, spawnSync } from "node:child_process";
import { describe } from "vitest";

// Tests of engines outside of JavaScript: PyTorch, and others. They run if there is a Python with the modules that they need.
//
// PYTHON names the program (default: python3). `npm run test:engines` also runs the tests that start several processes.

/** The program of Python. */
export const PYTHON = process.env.PYTHON ?? "python3";

/** Whether tests run that take long, such as trainings with several processes. */
const LONG = process.env.ENGINES === "long";

/** Returns the modules that Python lacks; undefined if there is no Python. */
function missing(modules: readonly string[]): readonly string[] | undefined {
  const code = `import importlib.util; print(*(m for m in ${JSON.stringify(modules)} if not importlib.util.find_spec(m)))`;
  const { status, stdout } = spawnSync(PYTHON, ["-c", code], { encoding: "utf8" });
  return status === 0 ? stdout.trim().split(/\s+/).filter(Boolean) : undefined;
}

/**
 * Describes tests that need Python. Without it, they are skipped, and the name says why.
 *
 * @param modules the modules that they import
 * @param long whether only `npm run test:engines` runs them
 */
export function describeEngine(
  name: string,
  { modules, long = false }: { modules: readonly string[]; long?: boolean },
  tests: () => void,
): void {
  const absent = missing(modules);
  const reason =
    absent === undefined
      ? `no ${PYTHON}: set PYTHON`
      : absent.length
        ? `${PYTHON} has no ${absent.join(", ")}: set PYTHON`
        : long && !LONG
          ? "npm run test:engines runs them"
          : undefined;
  describe.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, tests);
}

/** The result of a program. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Python. @param watch receives each piece of standard output, and a function that kills a process by its number */
export function runPython(
  args: readonly string[],
  watch?: (text: string, pid: number) => void,
): Promise<Ran> {
  const child = spawn(PYTHON, args, { env: { ...process.env, OMP_NUM_THREADS: "1" } });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      if (name === "stdout") watch?.(output.stdout, child.pid!);
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
}

/** Returns the JSON objects that a program printed, one a line. @throws if it failed */
export function linesOf({ code, stdout, stderr }: Ran): Record<string, number>[] {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr.slice(-2000)}`);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}
