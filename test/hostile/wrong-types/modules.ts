// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import * as unrolled from "../../../src/index.ts";
import { nn, optim } from "../../../src/index.ts";
import { type Any, lstm, method, type Row, rt, sequence, setter, size, units, x } from "./setup.ts";

const attention = () => new unrolled.Attention(rt, { kind: "dot", querySize: 3, memorySize: 3 });

/** Modules, their streams, and optimizers. */
export const rows: readonly Row[] = [
  ...(
    [
      ["Linear", size],
      ["FeedForward", size],
      ["RNN", units],
      ["GRU", units],
      ["LSTM", units],
      ["BatchNorm", { numFeatures: 2 }],
      ["LayerNorm", { numFeatures: 2 }],
      ["Embedding", { numEmbeddings: 2, embeddingDim: 2 }],
      ["Dropout", {}],
      ["AdaptiveSoftmax", { inFeatures: 3, classes: 5, cutoffs: [2] }],
    ] as const
  ).flatMap(([name, options]): Row[] => [
    [`new ${name}`, () => [rt, options], (...args) => new (nn as Any)[name](...args)],
    ...Object.keys(options).map(
      (field): Row => [
        `new ${name}: ${field}`,
        () => [2],
        (value) => new (nn as Any)[name](rt, { ...options, [field]: value }),
      ],
    ),
  ]),
  [
    "new Attention",
    () => [rt, { kind: "dot", querySize: 1, memorySize: 1 }],
    (...args) => new (unrolled.Attention as Any)(...args),
  ],
  ["LSTM.forward", () => [sequence(), {}], (...args: Any) => (lstm.forward as Any)(...args)],
  ["LSTM.forward: lengths", () => [[2]], (lengths) => lstm.forward(sequence(), { lengths })],
  ["LSTM.forward: h0", () => [rt.tensor([[[1, 2]]])], (h0) => lstm.forward(sequence(), { h0 })],
  ["LSTM.pack", () => [{}], (options) => lstm.pack(options)],
  ["LSTM.stream", () => [{}], (options) => lstm.pack().stream(options)],
  ["LSTM.step", () => [new Float32Array(3)], (input) => lstm.pack().stream().step(input)],
  [
    "LSTM.stream.state",
    () => [lstm.pack().stream().state],
    (state) => {
      lstm.pack().stream().state = state;
    },
  ],
  ["Linear.forward", () => [x()], (input) => new nn.Linear(rt, size).forward(input)],
  [
    "Embedding.forward",
    () => [rt.tensor(Int32Array.of(0))],
    (input) => new nn.Embedding(rt, { numEmbeddings: 2, embeddingDim: 2 }).forward(input),
  ],
  ["LayerNorm.forward", () => [x()], (input) => new nn.LayerNorm(rt, { numFeatures: 3 }).forward(input)],
  ["Dropout.forward", () => [x()], (input) => new nn.Dropout(rt, {}).forward(input)],
  ["Module.loadStateDict", () => [lstm.stateDict()], (state) => lstm.loadStateDict(state)],
  ...(["Adadelta", "Adagrad", "Adam", "AdamW", "RMSprop", "SGD"] as const).map(
    (name): Row => [
      `new ${name}`,
      () => [lstm.parameters(), { lr: 1 }],
      (...args) => new (optim as Any)[name](...args),
    ],
  ),
  [
    "Optimizer.loadStateDict",
    () => [new optim.SGD(lstm.parameters(), { lr: 1 }).stateDict()],
    (state) => new optim.SGD(lstm.parameters(), { lr: 1 }).loadStateDict(state),
  ],
  ["clipGradNorm", () => [lstm.parameters(), 1], optim.clipGradNorm],
  ["clipGradValue", () => [lstm.parameters(), 1], optim.clipGradValue],
  ["cosine", () => [{ total: 2 }], optim.cosine],
  ["linear schedule", () => [{ total: 2 }], optim.linear],
  ["exponentialDecay", () => [{ gamma: 1 }], optim.exponentialDecay],
  ["stepDecay", () => [{ every: 1 }], optim.stepDecay],
  ["onPlateau", () => [{}], optim.onPlateau],
  ["warmUp", () => [{ units: 1 }], optim.warmUp],
  method(
    "Module.train",
    () => new nn.Dropout(rt, {}),
    () => [true],
  ),
  method(
    "Module.inference",
    () => new nn.Dropout(rt, {}),
    () => [() => 1],
  ),
  method(
    "RecurrentStream.step",
    () => lstm.pack().stream(),
    () => [new Float32Array(3)],
  ),
  method(
    "PackedRecurrent.stream",
    () => lstm.pack(),
    () => [{}],
  ),
  method(
    "Recurrent.forward",
    () => lstm,
    () => [sequence(), {}],
  ),
  method(
    "Recurrent.pack",
    () => lstm,
    () => [{}],
  ),
  method(
    "AdaptiveSoftmax.pack",
    () => new nn.AdaptiveSoftmax(rt, { inFeatures: 3, classes: 5, cutoffs: [2] }),
    () => [{}],
  ),
  method(
    "AdaptiveSoftmaxStream.logProbability",
    () => {
      const softmax = new nn.AdaptiveSoftmax(rt, { inFeatures: 3, classes: 5, cutoffs: [2] });
      const stream = softmax.pack().stream();
      stream.run(rt.zeros([3]).ptr);
      return stream;
    },
    () => [1],
  ),
  method(
    "FeedForward.pack",
    () => new nn.FeedForward(rt, size),
    () => [{}],
  ),
  method(
    "FeedForward.forward",
    () => new nn.FeedForward(rt, size),
    () => [x()],
  ),
  method(
    "AdaptiveSoftmax.forward",
    () => new nn.AdaptiveSoftmax(rt, { inFeatures: 3, classes: 5, cutoffs: [2] }),
    () => [x()],
  ),
  method(
    "AdaptiveSoftmax.loss",
    () => new nn.AdaptiveSoftmax(rt, { inFeatures: 3, classes: 5, cutoffs: [2] }),
    () => [x(), rt.tensor(Int32Array.of(1))],
  ),
  method(
    "BatchNorm.forward",
    () => new nn.BatchNorm(rt, { numFeatures: 3 }),
    () => [x()],
  ),
  method(
    "PackedFeedForward.stream",
    () => new nn.FeedForward(rt, size).pack(),
    () => [1],
  ),
  method(
    "Module.loadStateDict",
    () => new nn.Linear(rt, size),
    () => [new nn.Linear(rt, size).stateDict()],
  ),
  [
    "Module.loadStateDict: tensor",
    () => [lstm.stateDict().bias_ih_l0],
    (tensor) => lstm.loadStateDict({ ...lstm.stateDict(), bias_ih_l0: tensor }),
  ],
  [
    "Module.loadStateDict: shape",
    () => [[8]],
    (shape) => lstm.loadStateDict({ ...lstm.stateDict(), bias_ih_l0: { shape, data: new Float32Array(8) } }),
  ],
  [
    "Module.loadStateDict: data",
    () => [new Float32Array(8)],
    (data) => lstm.loadStateDict({ ...lstm.stateDict(), bias_ih_l0: { shape: [8], data } }),
  ],
  method(
    "Module.stateDict",
    () => lstm,
    () => [lstm.stateDict()],
  ),
  [
    "Module.stateDict: tensor",
    () => [lstm.stateDict().bias_ih_l0],
    (tensor) => lstm.stateDict({ ...lstm.stateDict(), bias_ih_l0: tensor }),
  ],
  method("Attention.forward", attention, () => [sequence(), sequence(), [2]]),
  method("Attention.stream", attention, () => [sequence(), [2], 1, "f32"]),
  method(
    "Norm.forward",
    () => new nn.LayerNorm(rt, { numFeatures: 3 }),
    () => [x(), Int32Array.of(2)],
  ),
  setter(
    "RecurrentStream.state",
    () => lstm.pack().stream(),
    () => lstm.pack().stream().state,
  ),
  setter(
    "Optimizer.lr",
    () => new optim.SGD(lstm.parameters(), { lr: 1 }),
    () => 1,
  ),
  method(
    "Optimizer.stateDict",
    () => new optim.Adam(lstm.parameters(), {}),
    () => [new optim.Adam(lstm.parameters(), {}).stateDict()],
  ),
  [
    "Optimizer.loadStateDict: moment",
    () => [new optim.Adam(lstm.parameters(), {}).stateDict()],
    (value) => {
      const adam = new optim.Adam(lstm.parameters(), {});
      for (const field of Object.keys(adam.stateDict()))
        adam.loadStateDict({ ...adam.stateDict(), [field]: value });
    },
  ],
];
