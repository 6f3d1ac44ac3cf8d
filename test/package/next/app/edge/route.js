import * as library from "unrolled";
import { recurrent } from "../../recurrent.js";
import { trainTwice } from "../../train.js";
import { trainIn } from "../../worker.js";

export const runtime = "edge";

export async function GET() {
  const next = recurrent(library, await library.compileKernels("strict"));
  return Response.json({
    trained: await trainTwice(),
    worker: await trainIn("thread"),
    sound: [next(1), next(1), next(1)],
  });
}
