// A plain float64 version of every kernel: naive loops, no tiles, no approximations, checked against PyTorch by
// reference.test.ts. Arrays are row-major; T B I H O are time, batch, input, hidden and output sizes, D directions.

export * from "./reference/activation.ts";
export * from "./reference/cell.ts";
export * from "./reference/clip.ts";
export * from "./reference/embedding.ts";
export * from "./reference/gru.ts";
export * from "./reference/gru-reset-before.ts";
export * from "./reference/loss.ts";
export * from "./reference/lstm.ts";
export * from "./reference/matmul.ts";
export * from "./reference/norm.ts";
export * from "./reference/optim.ts";
export * from "./reference/rnn.ts";
export * from "./reference/softmax.ts";
export * from "./reference/stack.ts";
