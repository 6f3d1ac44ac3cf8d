// Scalar functions: y = f(x), and dx = fBackward(y, dy) from the result. NaN gives NaN.

export const exp = Math.exp;
export const expBackward = (y: number, dy: number): number => y * dy;

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const sigmoidBackward = (y: number, dy: number): number => dy * y * (1 - y);

/** Returns log(sigmoid(x)), also if sigmoid(x) is 0. */
export const logSigmoid = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
export const logSigmoidBackward = (y: number, dy: number): number => -dy * Math.expm1(y);

export const tanh = Math.tanh;
export const tanhBackward = (y: number, dy: number): number => dy * (1 - y * y);

/** Returns max(x, 0); relu(-0) is 0. */
export const relu = (x: number): number => Math.max(0, x);
/** Returns dx, which is 0 at 0; as in PyTorch, the gradient passes if y is NaN. */
export const reluBackward = (y: number, dy: number): number => (y <= 0 ? 0 : dy);
