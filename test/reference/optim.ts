import type { Floats } from "./matmul.ts";

// One update of p[n] from the gradient g[n], in place, at step k = 1, 2, ...; the state arrays are [n] and start at 0.
// Formulas, names and order of operations are those of torch.optim.

export interface Hyperparameters {
  lr: number;
  weight_decay: number;
  momentum: number;
  dampening: number;
  nesterov: boolean;
  alpha: number;
  eps: number;
  centered: boolean;
  lr_decay: number;
  initial_accumulator_value: number;
  rho: number;
  betas: [number, number];
  amsgrad: boolean;
}

export type OptimizerName = "SGD" | "RMSprop" | "Adagrad" | "Adadelta" | "Adam" | "AdamW";

type Options<Names extends keyof Hyperparameters> = Pick<Hyperparameters, "lr" | "weight_decay" | Names>;
type State<Names extends string> = Record<Names, Float64Array>;

export function sgd(
  p: Float64Array,
  g: Floats,
  { buf }: State<"buf">,
  k: number,
  o: Options<"momentum" | "dampening" | "nesterov">,
): void {
  for (let i = 0; i < p.length; i++) {
    const d = g[i]! + o.weight_decay * p[i]!;
    buf[i] = k === 1 ? d : o.momentum * buf[i]! + (1 - o.dampening) * d;
    p[i]! -= o.lr * (o.nesterov ? d + o.momentum * buf[i]! : o.momentum ? buf[i]! : d);
  }
}

export function rmsprop(
  p: Float64Array,
  g: Floats,
  { v, mean, buf }: State<"v" | "mean" | "buf">,
  o: Options<"alpha" | "eps" | "centered" | "momentum">,
): void {
  for (let i = 0; i < p.length; i++) {
    const d = g[i]! + o.weight_decay * p[i]!;
    v[i] = o.alpha * v[i]! + (1 - o.alpha) * d * d;
    mean[i] = o.alpha * mean[i]! + (1 - o.alpha) * d;
    const variance = o.centered ? v[i]! - mean[i]! ** 2 : v[i]!;
    buf[i] = o.momentum * buf[i]! + d / (Math.sqrt(variance) + o.eps);
    p[i]! -= o.lr * buf[i]!;
  }
}

/** Updates by Adagrad; `sum` starts at o.initial_accumulator_value. */
export function adagrad(
  p: Float64Array,
  g: Floats,
  { sum }: State<"sum">,
  k: number,
  o: Options<"lr_decay" | "eps">,
): void {
  for (let i = 0; i < p.length; i++) {
    const d = g[i]! + o.weight_decay * p[i]!;
    sum[i]! += d * d;
    p[i]! -= ((o.lr / (1 + (k - 1) * o.lr_decay)) * d) / (Math.sqrt(sum[i]!) + o.eps);
  }
}

export function adadelta(
  p: Float64Array,
  g: Floats,
  { v, u }: State<"v" | "u">,
  o: Options<"rho" | "eps">,
): void {
  for (let i = 0; i < p.length; i++) {
    const d = g[i]! + o.weight_decay * p[i]!;
    v[i] = o.rho * v[i]! + (1 - o.rho) * d * d;
    const update = (Math.sqrt(u[i]! + o.eps) / Math.sqrt(v[i]! + o.eps)) * d;
    u[i] = o.rho * u[i]! + (1 - o.rho) * update * update;
    p[i]! -= o.lr * update;
  }
}

/** Updates by Adam, or by AdamW if `decoupled`: the decay then shrinks p directly instead of being added to the gradient. */
export function adam(
  p: Float64Array,
  g: Floats,
  { m, v, vmax }: State<"m" | "v" | "vmax">,
  k: number,
  o: Options<"betas" | "eps" | "amsgrad">,
  decoupled: boolean,
): void {
  const [beta1, beta2] = o.betas;
  for (let i = 0; i < p.length; i++) {
    const d = decoupled ? g[i]! : g[i]! + o.weight_decay * p[i]!;
    if (decoupled) p[i]! *= 1 - o.lr * o.weight_decay;
    m[i] = beta1 * m[i]! + (1 - beta1) * d;
    v[i] = beta2 * v[i]! + (1 - beta2) * d * d;
    vmax[i] = Math.max(vmax[i]!, v[i]!);
    const root = Math.sqrt((o.amsgrad ? vmax[i]! : v[i]!) / (1 - beta2 ** k));
    p[i]! -= ((o.lr / (1 - beta1 ** k)) * m[i]!) / (root + o.eps);
  }
}

const DEFAULTS: Record<OptimizerName, Partial<Hyperparameters>> = {
  SGD: { lr: 1e-3, momentum: 0, dampening: 0, nesterov: false, weight_decay: 0 },
  RMSprop: { lr: 1e-2, alpha: 0.99, eps: 1e-8, centered: false, momentum: 0, weight_decay: 0 },
  Adagrad: { lr: 1e-2, lr_decay: 0, initial_accumulator_value: 0, eps: 1e-10, weight_decay: 0 },
  Adadelta: { lr: 1, rho: 0.9, eps: 1e-6, weight_decay: 0 },
  Adam: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, amsgrad: false, weight_decay: 0 },
  AdamW: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, amsgrad: false, weight_decay: 1e-2 },
};

/** Makes an optimiser of n values with its own state; `args` override PyTorch's defaults. The result makes one update. */
export function optimizer(
  name: OptimizerName,
  n: number,
  args: Partial<Hyperparameters>,
): (p: Float64Array, g: Floats) => void {
  const o = { ...DEFAULTS[name], ...args } as Hyperparameters;
  const zeros = () => new Float64Array(n);
  const [a, b, c] = [zeros(), zeros(), zeros()];
  if (name === "Adagrad") a.fill(o.initial_accumulator_value);
  let k = 0;
  return (p, g) => {
    k++;
    if (name === "SGD") sgd(p, g, { buf: a }, k, o);
    else if (name === "RMSprop") rmsprop(p, g, { v: a, mean: b, buf: c }, o);
    else if (name === "Adagrad") adagrad(p, g, { sum: a }, k, o);
    else if (name === "Adadelta") adadelta(p, g, { v: a, u: b }, o);
    else adam(p, g, { m: a, v: b, vmax: c }, k, o, name === "AdamW");
  };
}
