import type { Classifier, Step } from "unrolled";
import { classifierInput, pooledState } from "./classifier-parts.ts";

/** Which tokens speak for a label and which against it. */
export interface Saliency {
  /** The tokens of the text, [T]; numbers of steps if the model reads vectors. */
  readonly tokens: readonly string[];
  /** The label that is explained. */
  readonly label: string;
  /** Its probability. */
  readonly probability: number;
  /**
   * Gradient times input, [T]: dz / dx<t> · x<t>, where z is the label's score (its logit) and x<t> what the recurrent layers read at
   * step t. Above 0: the token speaks for the label. A probability near 0 or 1 would have no gradient left; a score has.
   */
  readonly gradientTimesInput: Float32Array;
  /**
   * Leave one out, [T]: log P(label | text) - log P(label | text without the token). Above 0: the token speaks for the label. If tokens
   * are characters, whole words are left out, and each character of a word has the value of its word; white space has 0. The characters of
   * a single word are left out one by one. It is 0 if
   * nothing would be left.
   */
  readonly leaveOneOut: Float32Array;
  /** Index of the first token of what was left out together with each token, [T]. */
  readonly groups: Int32Array;
}

/**
 * Tells which tokens decided a label, by two methods: gradient times input (Simonyan et al. 2013, Shrikumar et al. 2016) and leaving
 * each token out (Li et al. 2016, "Understanding neural networks through representation erasure"). The model and its gradients stay
 * as they are.
 *
 * @param label default: the most probable label
 * @throws RangeError if the model does not know the label; ERR_DATA if the text is empty
 */
export function saliency(model: Classifier, input: string | readonly Step[], label?: string): Saliency {
  const tokens: readonly Step[] = typeof input === "string" ? model.tokens(input) : input;
  const all = model.probabilities([tokens])[0]!;
  const chosen = label === undefined ? all.indexOf(Math.max(...all)) : model.labels.symbols.indexOf(label);
  if (chosen < 0) throw new RangeError(`the model does not know the label ${label}`);
  const groups = groupsOf(model, tokens);
  return {
    tokens: tokens.map((token, t) => (typeof token === "string" ? token : String(t + 1))),
    label: model.labels.symbols[chosen]!,
    probability: all[chosen]!,
    gradientTimesInput: gradientTimesInput(model, tokens, chosen),
    leaveOneOut: leaveOneOut(model, tokens, groups, chosen, Math.log(all[chosen]!)),
    groups,
  };
}

function gradientTimesInput(model: Classifier, tokens: readonly Step[], label: number): Float32Array {
  const { runtime: rt, head, labels } = model;
  const { data, shape } = classifierInput(model, tokens);
  const width = shape[2];
  const gradient = keepingGradients(model, () =>
    model.inference(() =>
      rt.scope(() => {
        const x = rt.tensor(data, shape, { requiresGrad: true });
        const seed = rt.tensor(
          Float32Array.from({ length: labels.size }, (_, i) => Number(i === label)),
          [1, labels.size],
        );
        head.forward(pooledState(model, x)).backward(seed);
        return x.grad!.toArray();
      }),
    ),
  );
  const products = new Float32Array(tokens.length);
  gradient.forEach((slope, i) => {
    products[Math.floor(i / width)]! += slope * data[i]!;
  });
  return products;
}

/** Runs a backward pass, then puts the gradients of the parameters back. */
function keepingGradients<T>(model: Classifier, run: () => T): T {
  const tensors = Object.values(model.parameters());
  const before = tensors.map(({ grad }) => grad?.toArray());
  try {
    return run();
  } finally {
    tensors.forEach((tensor, i) => {
      if (before[i]) tensor.grad?.data.set(before[i]);
      else tensor.grad?.dispose();
    });
  }
}

/**
 * Returns for each token the index of the first token that is left out together with it; -1 for white space between words. Nothing is
 * left of a single word without itself, so its characters are left out one by one.
 */
function groupsOf({ spec }: Classifier, tokens: readonly Step[]): Int32Array {
  const isWord = (tokens as readonly string[]).join("").trim().search(/\s/u) < 0;
  if (spec.level !== "char" || spec.features || isWord) return Int32Array.from(tokens, (_, t) => t);
  let start = -1;
  return Int32Array.from(tokens, (token, t) => {
    if (/^\s+$/u.test(token as string)) start = -1;
    else if (start < 0) start = t;
    return start;
  });
}

function leaveOneOut(
  model: Classifier,
  tokens: readonly Step[],
  groups: Int32Array,
  label: number,
  whole: number,
): Float32Array {
  const left = [...new Set(groups)].filter((group) => group >= 0);
  const rest = left.map((group) => tokens.filter((_, t) => groups[t] !== group));
  const some = rest.filter(({ length }) => length > 0);
  const probabilities = model.probabilities(some);
  const changes = new Map(
    left.map((group, i) => [group, some.length ? whole - Math.log(probabilities[i]![label]!) : 0]),
  );
  return Float32Array.from(groups, (group) => changes.get(group) ?? 0);
}
