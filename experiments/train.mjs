import { createRuntime, optim, recordGradientFlow } from "unrolled";
import { CELLS } from "./cells.mjs";

/**
 * Trains one cell on one task with Adam and gradient norm clipping.
 *
 * @param {import("./tasks/index.mjs").Task} task
 * @param {{ cell: string, seed: number, config: object, variant: "auto" | "strict" | "relaxed",
 *   onCheck: (check: { iteration: number, seconds: number, figures: Record<string, number> }) => void }} options
 * @returns {Promise<object>} figures at the end and during training; processor time of the training in seconds, with drawing
 *   the data but without evaluation, and steps of sequences per second; the gradient flow before and after
 */
export async function trainTask(task, { cell, seed, config, variant, onCheck }) {
  const rt = await createRuntime({ seed, variant });
  try {
    const network = task.makeNetwork(rt, (options) => CELLS[cell].make(rt, options), seed, config);
    const parameters = network.modules.map((module) => module.parameters());
    const adam = new optim.Adam(parameters, { lr: config.lr });
    const epoch = config.train && Math.ceil(config.train / config.batch);
    const { iterations = config.epochs * epoch, checkEvery = epoch } = config;

    const step = () =>
      rt.scope(() => {
        const { loss, size } = network.draw();
        adam.zeroGrad();
        loss().backward();
        optim.clipGradNorm(parameters, config.clip);
        adam.step();
        return size;
      });

    const flow = { start: gradientFlow(rt, network) };
    const checks = [];
    let [seconds, steps] = [0, 0];
    for (let done = 0; done < iterations; ) {
      const until = Math.min(done + checkEvery, iterations);
      const began = process.cpuUsage();
      for (; done < until; done++) steps += step();
      const { user, system } = process.cpuUsage(began);
      seconds += (user + system) / 1e6;
      const figures = rt.noGrad(() => rt.scope(() => network.evaluate()));
      checks.push({ iteration: done, seconds, figures });
      onCheck(checks.at(-1));
    }
    flow.end = gradientFlow(rt, network);
    return {
      variant: rt.variant,
      parameters: parameters.flatMap(Object.values).reduce((sum, { size }) => sum + size, 0),
      iterations,
      seconds,
      stepsPerSecond: steps / seconds,
      figures: checks.at(-1).figures,
      checks,
      flow,
    };
  } finally {
    rt.dispose();
  }
}

/** Measures the norm of dL/dh<t> by distance; L is the loss of the last step alone. */
function gradientFlow(rt, { layer, lastStepLoss }) {
  const [{ norms }] = recordGradientFlow(layer, () => rt.scope(() => lastStepLoss().backward()));
  return norms;
}
