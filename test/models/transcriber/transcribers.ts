import { transcriberTables } from "../../../src/models/transcriber/batches.ts";
import type { Transcribed } from "../../../src/models/transcriber/examples.ts";
import { Transcriber } from "../../../src/models/transcriber/model.ts";
import { defaultTranscriberSpec, type TranscriberSpec } from "../../../src/models/transcriber/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** The direction of each symbol. */
const DIRECTIONS: Readonly<Record<string, readonly number[]>> = { a: [1, 0], b: [0, 1], " ": [-1, -1] };

/** Draws a text: each symbol is 2 or 3 steps in its direction, next to a loudness on another scale, then one step back. */
export const draw = (text: string, noise = 0): number[][] =>
  [...text].flatMap((symbol, i) => {
    const [x, y] = DIRECTIONS[symbol]!;
    const stroke = Array.from({ length: 2 + ((i + noise) % 2) }, (_, t) => [
      x!,
      y!,
      500 + ((i * 7 + t) % 11),
    ]);
    return [...stroke, [0, 0, 500 + noise]];
  });

const TEXTS = [
  "a",
  "b",
  "ab",
  "ba",
  "a b",
  "b a",
  "aab",
  "bba",
  "ab ba",
  "ba ab",
  "aa bb",
  "bb aa",
  "abba",
  "baab",
];

export const EXAMPLES: readonly Transcribed[] = [0, 1, 2].flatMap((noise) =>
  TEXTS.map((text) => ({ vectors: draw(text, noise), text })),
);

export function newTranscriber(
  rt: Runtime,
  given: Partial<TranscriberSpec> = {},
  examples: readonly Transcribed[] = EXAMPLES,
): Transcriber {
  const spec = { ...defaultTranscriberSpec(3), hidden: 8, layers: 1, dropout: 0, ...given };
  return new Transcriber(rt, spec, transcriberTables(examples, spec));
}
