import { overLastAxis } from "./softmax.mjs";

/** log(softmax) over the last axis. */
export function run(context) {
  overLastAxis(context, context.unrolled.logSoftmax);
}
