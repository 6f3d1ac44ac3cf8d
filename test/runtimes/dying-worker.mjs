// The package's worker, which dies when it is told to.

import "../../dist/trainer-worker.js";

addEventListener("message", ({ data }) => {
  if (data === "die") throw new RangeError("out of memory");
});
