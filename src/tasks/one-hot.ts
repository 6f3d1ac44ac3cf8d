import type { CompleteSpec } from "./task.ts";

/** Fields whose defaults may need an embedding, with the values that do without. */
const WITHOUT_EMBEDDING = { inputDropout: 0, characters: 0, embeddingStart: 1, tied: false };

const width = (spec: { readonly embedding?: number }) => spec.embedding ?? 0;

/**
 * Switches off the defaults that need an embedding if the user chose one of width 0, so that tokens are one-hot vectors. Fields for
 * which the user chose a value keep it.
 */
export function oneHotDefaults(complete: CompleteSpec): CompleteSpec {
  return (defaults) => {
    const spec = complete(defaults);
    if (!width(defaults) || width(spec)) return spec;
    const known = Object.entries(WITHOUT_EMBEDDING).filter(([field]) => field in defaults);
    return complete({ ...defaults, ...Object.fromEntries(known) });
  };
}
