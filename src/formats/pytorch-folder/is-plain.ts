import { cellsOf, type NetworkSpec } from "../../network/spec.ts";

/** The fields of a spec with an encoder that decide which layers it has. */
interface Encoder {
  readonly encoderCell: NetworkSpec["cell"] | "same";
  readonly encoderLayers: number;
}

/** Whether torch.nn has all recurrent layers of a model. */
export function isPlain(spec: NetworkSpec): boolean {
  if (!("encoderCell" in spec)) return isPlainStack(spec);
  const { encoderCell, encoderLayers } = spec as NetworkSpec & Encoder;
  const cell = encoderCell === "same" ? spec.cell : encoderCell;
  return (
    isPlainStack({ ...spec, cell, layers: encoderLayers || spec.layers }) &&
    isPlainStack({ ...spec, bidirectional: false })
  );
}

/** Whether torch.nn has the recurrent layers: one of its cells, and nothing between layers except dropout. */
function isPlainStack(spec: NetworkSpec): boolean {
  const { cell, forgetGate, resetAfter, resetGate, connections, norm, variationalDropout, layers, dropout } =
    spec;
  if (connections !== "plain" || norm !== "none" || (variationalDropout && layers > 1 && dropout > 0))
    return false;
  if (cell === "lstm" && forgetGate !== "own") return false;
  if (cell === "gru" && !(resetAfter && resetGate)) return false;
  const [first, ...others] = cellsOf(spec);
  const same = others.every((other) => other.id === first!.id);
  return (
    same &&
    !first!.functions &&
    !others.some(({ functions }) => functions) &&
    !first!.peepholes &&
    !first!.inputNorm
  );
}
