// Tests of an application that uses the package, by Jest 29 with its defaults. They need `node --experimental-vm-modules`, since
// the package has only ES modules: a test that is an ES module imports it, and a CommonJS test awaits `import("unrolled")`.

import { join } from "node:path";
import { runScript } from "./consumer.mjs";

/** @param expected returns the losses that Node's answers have */
export function* jestChecks(folder, expected) {
  for (const [kind, name] of Object.entries({ "an ES module": "module", CommonJS: "commonjs" })) {
    yield [
      `Jest: a test that is ${kind} trains, in a worker too`,
      async () => {
        const { trained, worker } = expected();
        const env = {
          ...process.env,
          NODE_OPTIONS: "--experimental-vm-modules",
          TRAINED: trained,
          WORKER: worker,
        };
        await runScript("jest/bin/jest.js", [], { cwd: join(folder, "jest", name), env });
      },
    ];
  }
}
