import { adding } from "./adding.mjs";
import { agreement } from "./agreement.mjs";
import { copy } from "./copy.mjs";
import { reber } from "./reber.mjs";

/**
 * A task.
 *
 * @typedef {object} Task
 * @property {object} config hyperparameters; `checkEvery` and `iterations`, or `epochs` for a fixed set of `train` items
 * @property {string[]} cells names in cells.mjs of the cells that it compares
 * @property {Record<string, { text: string, holds: (run: import("../results.mjs").Run) => boolean }>} expected expected result for a cell
 * @property {(rt: object, makeCell: (options: object) => object, seed: number, config: object) => Network} makeNetwork
 */

/**
 * A network for a task, with its data. Everything runs in a scope of the runtime.
 *
 * @typedef {object} Network
 * @property {object} layer the recurrent layer
 * @property {object[]} modules all modules, in the order of their parameters
 * @property {() => { loss: () => object, size: number }} draw draws a batch: its loss, and its number of steps without padding
 * @property {() => Record<string, number>} evaluate figures on held-out data
 * @property {() => object} lastStepLoss loss of the last step of a batch, which depends on input from long before
 */

/** @type {Record<string, Task>} */
export const TASKS = { adding, copy, reber, agreement };
