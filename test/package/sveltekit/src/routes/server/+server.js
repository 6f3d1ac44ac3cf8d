import { json } from "@sveltejs/kit";
import { trainInWorker } from "../../../worker.js";

export async function GET() {
  return json({ worker: await trainInWorker() });
}
