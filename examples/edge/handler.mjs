import { createHandler } from "unrolled/handler";
import { openModel, PackedClassifier, PackedLanguageModel, UnrolledError } from "unrolled/run";

/** Number of symbols in a chunk of a stream. */
const PIECE = 16;

/**
 * Answers requests from two model files, the same on every platform. `/predict`, `/step`, `/generate`, `/health` and `/metrics` are those
 * of `unrolled/handler`. Two addresses are its own:
 *
 *     GET  /write?prompt=The&length=100&temperature=0.5&seed=1   text, in chunks
 *     POST /classify                                             a line -> { label, probability }
 *
 * @param {Awaited<ReturnType<typeof import("unrolled/run").createRuntime>>} runtime
 * @param {{ writer: Uint8Array, mood: Uint8Array }} files the models made by train.mjs
 */
export function makeHandler(runtime, files) {
  const writer = openModel(runtime, files.writer, [PackedLanguageModel]); // packed once; requests share it
  const mood = openModel(runtime, files.mood, [PackedClassifier]);
  const models = createHandler({
    writer: { model: writer, file: files.writer },
    mood: { model: mood, file: files.mood },
  });

  const routes = {
    "GET /write": (_, query) => {
      const options = {
        prompt: query.get("prompt") ?? "",
        length: Math.min(Number(query.get("length") ?? 100), 1000),
        temperature: Number(query.get("temperature") ?? 0.5),
        seed: Number(query.get("seed") ?? crypto.getRandomValues(new Uint32Array(1))[0]),
      };
      return new Response(streamOf(writer.generate(options)), {
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    },
    "POST /classify": async (request) => {
      const [{ label, probability }] = mood.predict([await request.text()]);
      return Response.json({ label, probability });
    },
  };

  return {
    async fetch(request, environment, context) {
      const { pathname, searchParams } = new URL(request.url);
      const answer = routes[`${request.method} ${pathname}`];
      if (!answer) return models.fetch(request, environment, context);
      try {
        return await answer(request, searchParams);
      } catch (error) {
        if (!(error instanceof UnrolledError)) throw error;
        return Response.json({ code: error.code, message: error.message }, { status: 400 });
      }
    },
  };
}

/** Streams chunks. Each is written after the reader has taken the last one and other requests have had their turn. */
function streamOf(symbols) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve));
      let text = "";
      let end = false;
      for (let i = 0; i < PIECE && !end; i++) {
        const { value = "", done } = symbols.next();
        text += value;
        end = done;
      }
      if (text) controller.enqueue(encoder.encode(text));
      if (end) controller.close();
    },
    cancel() {
      symbols.return();
    },
  });
}
