import * as library from "unrolled";
import { recurrent } from "../../recurrent.js";
import { trainTwice } from "../../train.js";

export const runtime = "edge";

export async function GET() {
  const next = recurrent(library, await library.compileKernels("strict"));
  return Response.json({ trained: await trainTwice(), sound: [next(1), next(1), next(1)] });
}
