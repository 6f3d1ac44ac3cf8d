import type { UnrolledLayer } from "../look/unrolled-steps.ts";
import type { CellKind } from "./gate-names.ts";

/** An equation of the course notes with the numbers of one unit. */
export interface Formula {
  readonly name: string;
  /** The equation as the notes have it. */
  readonly general: string;
  /** The same with numbers. */
  readonly numbers: string;
  /** The value that the network has. */
  readonly value: number;
}

export interface CellFormulas {
  readonly formulas: readonly Formula[];
  /** Whether the equations give the values of the network; not if its cell has options that the notes do not have. */
  readonly areExact: boolean;
}

const DIGITS = 3;

/** Writes a number, in brackets if it is negative. */
const shown = (value: number) => (value < 0 ? `(${value.toFixed(DIGITS)})` : value.toFixed(DIGITS));

/** Inverses of σ and tanh: the sum that a gate or candidate was computed from. */
const beforeSigmoid = (gate: number) => Math.log(gate / (1 - gate)).toFixed(DIGITS);
const beforeTanh = (value: number) => Math.atanh(value).toFixed(DIGITS);

const gate = (name: string, weight: string, value: number): Formula => ({
  name,
  general: `σ(${weight} [a<t-1>, x<t>] + ${weight.replace("W", "b")})`,
  numbers: `σ(${beforeSigmoid(value)})`,
  value,
});

/** Options of a cell that change its equations. */
export interface CellOptions {
  /** Activation of a plain recurrent cell; default tanh. */
  readonly nonlinearity?: "tanh" | "relu";
  /** GRU: whether Γr multiplies after the weights, as in PyTorch; default true. */
  readonly resetAfter?: boolean;
}

/**
 * Puts the numbers of a unit into the equations of its cell.
 *
 * @param k place of the unit in the lists of `layer`
 */
export function formulasOf(
  cell: CellKind,
  layer: UnrolledLayer,
  k: number,
  { nonlinearity = "tanh", resetAfter = true }: CellOptions = {},
): CellFormulas {
  const at = (values: readonly number[] | undefined) => values?.[k] ?? Number.NaN;
  const [h, hBefore, c, cBefore] = [layer.h, layer.hBefore, layer.c, layer.cBefore].map(at) as [
    number,
    number,
    number,
    number,
  ];
  const of = (name: string) => at(layer.gates[name]);
  const [update, forget, output, relevance, candidate] = ["Γu", "Γf", "Γo", "Γr", "c̃"].map(of) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isClose = (computed: number, value: number) =>
    Math.abs(computed - value) < 1e-3 * Math.max(1, Math.abs(value));
  if (cell === "rnn") {
    const isRelu = nonlinearity === "relu";
    const numbers = isRelu
      ? h > 0
        ? `max(0, ${h.toFixed(DIGITS)})`
        : "max(0, a number below 0)"
      : `tanh(${beforeTanh(h)})`;
    const general = `${isRelu ? "ReLU" : "tanh"}(Waa a<t-1> + Wax x<t> + ba)`;
    return {
      formulas: [{ name: "a<t>", general, numbers, value: h }],
      areExact: isRelu ? h >= 0 : Math.abs(h) <= 1,
    };
  }
  if (cell === "gru") {
    return {
      formulas: [
        gate("Γu", "Wu", update),
        gate("Γr", "Wr", relevance),
        {
          name: "c̃<t>",
          general: resetAfter
            ? "tanh(Γr · (Wcc c<t-1> + bcc) + Wcx x<t> + bcx)"
            : "tanh(Wc [Γr · c<t-1>, x<t>] + bc)",
          numbers: `tanh(${beforeTanh(candidate)})`,
          value: candidate,
        },
        {
          name: "c<t>",
          general: "Γu · c̃<t> + (1 - Γu) · c<t-1>",
          numbers: `${shown(update)} · ${shown(candidate)} + ${shown(1 - update)} · ${shown(hBefore)}`,
          value: h,
        },
        { name: "a<t>", general: "c<t>", numbers: shown(h), value: h },
      ].filter(({ value }) => !Number.isNaN(value)),
      areExact: isClose(update * candidate + (1 - update) * hBefore, h) && !Number.isNaN(relevance),
    };
  }
  return {
    formulas: [
      {
        name: "c̃<t>",
        general: "tanh(Wc [a<t-1>, x<t>] + bc)",
        numbers: `tanh(${beforeTanh(candidate)})`,
        value: candidate,
      },
      gate("Γu", "Wu", update),
      gate("Γf", "Wf", forget),
      gate("Γo", "Wo", output),
      {
        name: "c<t>",
        general: "Γu · c̃<t> + Γf · c<t-1>",
        numbers: `${shown(update)} · ${shown(candidate)} + ${shown(forget)} · ${shown(cBefore)}`,
        value: c,
      },
      {
        name: "a<t>",
        general: "Γo · tanh(c<t>)",
        numbers: `${shown(output)} · tanh(${c.toFixed(DIGITS)})`,
        value: h,
      },
    ].filter(({ value }) => !Number.isNaN(value)),
    areExact: isClose(update * candidate + forget * cBefore, c) && isClose(output * Math.tanh(c), h),
  };
}
