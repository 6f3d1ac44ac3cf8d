import { trainInWorker } from "../../worker.js";

export const dynamic = "force-dynamic";

export async function GET() {
  return Response.json({ worker: await trainInWorker() });
}
