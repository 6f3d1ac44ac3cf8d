import type { TaskModel } from "../network/model.ts";

/** The parts of a model that Python makes. */
interface Parts {
  readonly spec: TaskModel["spec"];
  readonly embedding?: { readonly weight: { readonly shape: readonly number[] } } | undefined;
  readonly rnn: { readonly inputSize: number };
  readonly head: {
    readonly hidden: readonly { readonly weight: { readonly shape: readonly number[] } }[];
    readonly weight: { readonly shape: readonly number[] };
  };
}

/** Returns Python that makes a module of PyTorch and loads a file of `exportTorch` into it. */
export function torchCode(model: TaskModel, file: string): string {
  const { spec, embedding, rnn, head } = model as unknown as Parts;
  const { hidden, layers, bidirectional, cell, nonlinearity, headActivation } = spec;
  const options = [
    ...(layers > 1 ? [`num_layers=${layers}`] : []),
    ...(bidirectional ? ["bidirectional=True"] : []),
    ...(cell === "rnn" && nonlinearity === "relu" ? ['nonlinearity="relu"'] : []),
  ];
  const linears = [...head.hidden, head].map(({ weight }) => {
    const [outputs, inputs] = weight.shape;
    return `nn.Linear(${inputs}, ${outputs})`;
  });
  const activation = headActivation === "relu" ? ", nn.ReLU(), " : ", nn.Tanh(), ";
  const parts = [
    ...(embedding ? [`"embedding": nn.Embedding(${embedding.weight.shape.join(", ")})`] : []),
    `"rnn": nn.${cell.toUpperCase()}(${[rnn.inputSize, hidden, ...options].join(", ")})`,
    `"head": ${linears.length > 1 ? `nn.Sequential(${linears.join(activation)})` : linears[0]}`,
  ];
  return [
    "from safetensors.torch import load_file",
    "from torch import nn",
    "model = nn.ModuleDict({",
    ...parts.map((part) => `    ${part},`),
    "})",
    `model.load_state_dict(load_file(${JSON.stringify(file)}))`,
  ].join("\n");
}
