import type { NextSymbolsView } from "../look/next-symbols.ts";
import { quoted } from "./symbols.ts";

/** Bits of surprise that have the strongest colour: one chance in 256. */
export const MOST_BITS = 8;

/** Returns how surprised the model was by each symbol, in bits: 0 if it was sure of it, 1 if it gave it one chance in two. */
export const surprises = ({ logProbabilities }: Pick<NextSymbolsView, "logProbabilities">): Float32Array =>
  logProbabilities.map((log) => -log / Math.LN2);

/** Returns a probability for people: whole percents, or one chance in many. */
export function chance(probability: number): string {
  if (probability >= 0.995) return "over 99%";
  if (probability >= 0.01) return `${Math.round(100 * probability)}%`;
  if (probability <= 1e-6) return "under 1 in a million";
  return `1 in ${Math.round(1 / probability).toLocaleString("en")}`;
}

/** Returns the likeliest symbols at a place and their probabilities. */
export function likeliest(
  { next, probabilities }: Pick<NextSymbolsView, "next" | "probabilities">,
  place: number,
  count = Number.POSITIVE_INFINITY,
): { readonly symbol: string; readonly probability: number }[] {
  const own = next[place]!;
  return own
    .slice(0, count)
    .map((symbol, i) => ({ symbol, probability: probabilities[place * own.length + i]! }));
}

/** Says in a few lines how a symbol came. */
export function surpriseTip(view: NextSymbolsView, bits: Float32Array, t: number): string {
  const others = likeliest(view, t, 3).map(
    ({ symbol, probability }) => `${quoted(symbol)} ${chance(probability)}`,
  );
  const came = chance(2 ** -bits[t]!);
  return `${quoted(view.symbols[t]!)} came: ${came}, ${bits[t]!.toFixed(1)} bits\nlikeliest: ${others.join(", ")}`;
}
