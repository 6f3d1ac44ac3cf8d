import { adding } from "./adding.mjs";
import { agreement } from "./agreement.mjs";
import { copy } from "./copy.mjs";
import { reber } from "./reber.mjs";

/**
 * A task.
 *
 * @typedef {object} Task
 * @property {object} config hyperparameters; `checkEvery` and `iterations`, or for a fixed set of `train` items `epochs`
 * @property {string[]} cells names of cells.mjs that it compares
 * @property {Record<string, { text: string, holds: (run: import("../results.mjs").Run) => boolean }>} expected what runs of a cell should show
 * @property {(rt: object, makeCell: (options: object) => object, seed: number, config: object) => Network} makeNetwork
 */

/**
 * A network for a task, with its data. All of it runs in a scope of the runtime.
 *
 * @typedef {object} Network
 * @property {object} layer the recurrent layer
 * @property {object[]} modules all modules, in the order of their parameters
 * @property {() => { loss: () => object, size: number }} draw a batch: its loss, and how many steps it has without padding
 * @property {() => Record<string, number>} evaluate figures on data that are not trained on
 * @property {() => object} lastStepLoss loss of the last step of a batch, where what was read long before is asked for
 */

/** @type {Record<string, Task>} */
export const TASKS = { adding, copy, reber, agreement };
