/** A step of one LSTM cell. */
export interface CellStep {
  /** What the cell could write, c̃⟨t⟩. */
  readonly candidate: number;
  /** Γf at this step. */
  readonly forget: number;
  readonly update: number;
  /** c⟨t-1⟩ */
  readonly before: number;
  /** Γf c⟨t-1⟩ */
  readonly kept: number;
  /** Γu c̃⟨t⟩ */
  readonly written: number;
  /** c⟨t⟩ */
  readonly cell: number;
}

/**
 * Computes c⟨t⟩ = Γu c̃⟨t⟩ + Γf c⟨t-1⟩ from c⟨0⟩ = 0.
 *
 * @param drops steps at which Γf is 0, from 0 on
 */
export function cellSteps(
  candidates: readonly number[],
  update: number,
  forget: number,
  drops: readonly number[],
): CellStep[] {
  let before = 0;
  return candidates.map((candidate, t) => {
    const own = drops.includes(t) ? 0 : forget;
    const [kept, written] = [own * before, update * candidate];
    const step = { candidate, forget: own, update, before, kept, written, cell: kept + written };
    before = step.cell;
    return step;
  });
}
