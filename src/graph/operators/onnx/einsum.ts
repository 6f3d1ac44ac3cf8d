import { sizeOf } from "../../../runtime/shapes.ts";
import type { Call } from "../../call.ts";
import type { Operator } from "../../operator.ts";
import { eachPlace, stridesOf } from "../../shapes.ts";

/** Maximum number of products that one node computes; they take about 20 seconds. */
const MAX_PRODUCTS = 2 ** 31;

/** An equation with the lengths of its letters. */
interface Equation {
  /** The letters of the result. Axes of an ellipsis are numbers, counted from the last: -1, -2. */
  readonly kept: readonly (string | number)[];
  /** The letters that are summed over. */
  readonly summed: readonly (string | number)[];
  readonly lengths: ReadonlyMap<string | number, number>;
  /** For each operand, the distance of neighbours along each letter. */
  readonly strides: readonly ReadonlyMap<string | number, number>[];
}

/** Splits a term in its letters. @param axes how many axes its ellipsis stands for */
function lettersOf(call: Call, term: string, axes: number): (string | number)[] {
  const [before = "", after, more] = term.split("...");
  if (more !== undefined || /[^A-Za-z]/.test(before + (after ?? "")))
    call.fail(`the equation has the term ${term}`);
  if (after === undefined) return [...before];
  return [...before, ...Array.from({ length: axes }, (_, i) => i - axes), ...after];
}

function equationOf(call: Call): Equation {
  const text = call.text("equation").replace(/\s/g, "");
  const [left = "", right, more] = text.split("->");
  const terms = left.split(",");
  if (more !== undefined || terms.length !== call.inputs.length)
    call.fail(`the equation is ${text} for ${call.inputs.length} inputs`);
  const lengths = new Map<string | number, number>();
  let open = 0;
  const strides = terms.map((term, k) => {
    const { shape } = call.input(k);
    const axes = term.includes("...") ? Math.max(0, shape.length - (term.length - 3)) : 0;
    open = Math.max(open, axes);
    const letters = lettersOf(call, term, axes);
    if (letters.length !== shape.length)
      call.fail(`input ${k} is [${shape}], expected axes ${term}`, "ERR_SHAPE");
    const steps = stridesOf(shape);
    const found = new Map<string | number, number>();
    for (const [i, letter] of letters.entries()) {
      const n = shape[i]!;
      const known = lengths.get(letter) ?? 1;
      if (n !== 1 && known !== 1 && n !== known)
        call.fail(`axis ${letter} is ${known} and ${n}`, "ERR_SHAPE");
      lengths.set(letter, known === 1 ? n : known);
      found.set(letter, (found.get(letter) ?? 0) + (n === 1 ? 0 : steps[i]!));
    }
    return found;
  });
  const once = [...lengths.keys()].filter(
    (letter) => typeof letter === "string" && left.split(letter).length === 2,
  );
  const ellipsis = Array.from({ length: open }, (_, i) => i - open);
  const kept = right === undefined ? [...ellipsis, ...once.sort()] : lettersOf(call, right, open);
  if (new Set(kept).size < kept.length || !kept.every((letter) => lengths.has(letter)))
    call.fail(`the equation is ${text}`);
  const summed = [...lengths.keys()].filter((letter) => !kept.includes(letter));
  if (sizeOf([...lengths.values()]) > MAX_PRODUCTS)
    call.fail(`the equation ${text} needs more than ${MAX_PRODUCTS} products`, "ERR_MEMORY");
  return { kept, summed, lengths, strides };
}

/** Sums of products by an equation of letters. */
export const EINSUM: Record<string, Operator> = {
  Einsum: {
    infer(call) {
      const { kept, lengths } = equationOf(call);
      return [{ dtype: call.input(0).dtype, shape: kept.map((letter) => lengths.get(letter)!) }];
    },
    evaluate(call, inputs, [to]) {
      const { kept, summed, lengths, strides } = equationOf(call);
      const arrays = inputs.map((input) => input!.data);
      const steps = (letters: readonly (string | number)[]) =>
        strides.map((own) => letters.map((letter) => own.get(letter) ?? 0));
      const inner = summed.map((letter) => lengths.get(letter)!);
      const within = steps(summed);
      let at = 0;
      eachPlace(to!.shape, steps(kept), (outer) => {
        let sum = 0;
        eachPlace(inner, within, (places) => {
          let product = 1;
          for (const [k, array] of arrays.entries()) product *= array[outer[k]! + places[k]!]!;
          sum += product;
        });
        to!.data[at++] = sum;
      });
    },
  },
};
