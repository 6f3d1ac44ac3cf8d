// A process of Node, Deno or Bun that serves the models of serving.mjs and prints its address.

import { listen } from "./listen.mjs";
import { makeHandler } from "./serving.mjs";

const loadListener = async () => (await import("unrolled/handler/node")).nodeListener;
console.log(await listen(makeHandler(), loadListener));
