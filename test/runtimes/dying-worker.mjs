// The package's worker, which dies on request.

import "../../dist/trainer-worker.js";

addEventListener("message", ({ data }) => {
  if (data === "die") throw new RangeError("out of memory");
});
