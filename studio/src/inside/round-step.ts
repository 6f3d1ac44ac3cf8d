const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const;

/** Returns a round number of steps between two labels of an axis, at least `least`; 1000 if that is less. */
export const roundStep = (least: number): number => STEPS.find((step) => step >= least) ?? 1000;
