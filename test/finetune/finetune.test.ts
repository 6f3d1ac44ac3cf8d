import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { matmul } from "../../src/autograd/matmul.ts";
import { pointwise } from "../../src/autograd/pointwise.ts";
import { rearrange } from "../../src/autograd/rearrange.ts";
import { sumLast } from "../../src/autograd/sum-last.ts";
import {
  type FinetuneExample,
  type FinetuneOptions,
  finetune,
  GraphModule,
  type Target,
} from "../../src/finetune/index.ts";
import { readKeras } from "../../src/formats/keras/read-keras.ts";
import type { Graph, GraphNode, Value } from "../../src/graph/graph.ts";
import { GraphModel } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { createRuntime as createRun } from "../../src/run/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";
import "../graph/operators.ts";

const float = (shape: number[], seed: number): Value => ({
  ...{ dtype: "float32", shape },
  data: Float32Array.from(random(seed).array(shape.reduce((a, b) => a * b, 1))),
});

const node = (
  op: string,
  inputs: string,
  outputs: string,
  attributes: GraphNode["attributes"] = {},
): GraphNode => ({
  ...{ op, name: `the ${op}`, inputs: inputs.split(" "), outputs: outputs.split(" "), attributes },
});

/** A graph of nodes from x [batch, 3] to y. */
function graphOf(nodes: GraphNode[], constants: Record<string, Value>, batch = "batch"): Graph {
  return {
    inputs: [{ name: "x", dtype: "float32", shape: [batch, 3] }],
    outputs: [{ name: "y", dtype: "float32", shape: undefined }],
    constants: new Map(Object.entries(constants)),
    nodes,
  };
}

const two = { w1: float([3, 4], 1), b1: float([4], 2), w2: float([4, 2], 3) };
const dense = [
  node("MatMul", "x w1", "a"),
  node("Add", "a b1", "b"),
  node("Tanh", "b", "c"),
  node("MatMul", "c w2", "y"),
];
const ended = (last: string) => [...dense.slice(0, 3), node("MatMul", "c w2", "z"), node(last, "z", "y")];

const examplesOf = (targets: readonly Target[]): FinetuneExample[] =>
  targets.map((target, i) => ({ inputs: { x: [...random(i + 9).array(3)] }, target }));

describeRuntimes("finetune", (rt) => {
  const start = (nodes = dense, batch = "batch") => new GraphModel(rt(), graphOf(nodes, two, batch));
  const run = (model: GraphModel) => [...model.run({ x: [1, 2, 3] }).y!.data].map(Number);
  const failing = async (task: Promise<unknown>, code: string, text: string) => {
    const error = await task.then(
      () => undefined,
      (error: unknown) => error,
    );
    expectError(
      () => {
        throw error;
      },
      code as "ERR_VALUE",
      text,
    );
  };

  it("chooses the loss by the targets and the end of the model", async () => {
    const lossOf = async (nodes: GraphNode[], ...targets: Target[]) =>
      (await finetune(start(nodes), examplesOf(targets))).loss;
    expect(await lossOf(dense, 0, 1)).toBe("crossEntropy");
    expect(await lossOf(ended("Softmax"), 0, 1)).toBe("crossEntropy");
    expect(await lossOf(dense, [0, 1])).toBe("squaredError");
    expect(await lossOf(dense, [0.5, 2])).toBe("squaredError");
    expect(await lossOf(ended("Sigmoid"), [0, 1], [1, 1])).toBe("binaryCrossEntropy");
    expect(await lossOf(ended("Softmax"), [0.25, 0.75])).toBe("crossEntropy");
    expect(await lossOf(ended("Softmax"), [0.5, 2])).toBe("squaredError");
    const wrong = finetune(start(ended("Softmax")), examplesOf([[0, 1]]), { loss: "binaryCrossEntropy" });
    await failing(wrong, "ERR_VALUE", "ends in Softmax");
    const log = async (nodes: GraphNode[], target: Target, loss: FinetuneOptions["loss"] & {}) =>
      (await finetune(start(nodes), examplesOf([target]), { loss })).losses[0]!;
    expect(await log(ended("Softmax"), 1, "crossEntropy")).toBeCloseTo(
      await log(dense, 1, "crossEntropy"),
      6,
    );
    expect(await log(dense, 1, "crossEntropy")).toBeCloseTo(await log(dense, [0, 1], "crossEntropy"), 6);
    const [p = 0, q = 0] = run(start(ended("Sigmoid")));
    const x = { ...examplesOf([[0, 1]])[0]!, inputs: { x: [1, 2, 3] } };
    const squared = await finetune(start(ended("Sigmoid")), [x], { loss: "squaredError" });
    expect(squared.losses[0]).toBeCloseTo((p ** 2 + (q - 1) ** 2) / 2, 5);
    await failing(lossOf(dense, [1, 2, 3]), "ERR_SHAPE", "3 numbers in the target");
  });

  it("has the same losses with examples one by one and together", async () => {
    const examples = examplesOf([0, 1, 1, 0, 1]);
    const options = { epochs: 4, batch: 3, lr: 0.1 } as const;
    const together = await finetune(start(), examples, options);
    const alone = await finetune(start(dense, "length"), examples, options);
    expect(together.losses).toHaveLength(4);
    expect(together.steps).toBe(8);
    expect(together.losses.at(-1)).toBeLessThan(together.losses[0]!);
    alone.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(together.losses[i]!, 5);
    });
    const reordered = await finetune(start(), examples, { ...options, seed: 2 });
    expect(reordered.losses).not.toEqual(together.losses);
  });

  it("freezes weights by name, by beginning and by function", async () => {
    const trained = async (freeze: FinetuneOptions["freeze"] & {}) => {
      const model = start();
      const result = await finetune(model, examplesOf([0, 1]), { freeze, epochs: 2 });
      for (const [name, { data }] of model.graph.constants) {
        const same = data.every((x, i) => x === two[name as keyof typeof two].data[i]);
        expect(same, name).toBe(!result.trained.includes(name));
      }
      return result.trained;
    };
    expect(await trained([])).toEqual(["w1", "b1", "w2"]);
    expect(await trained(["w1"])).toEqual(["b1", "w2"]);
    expect(await trained(["w"])).toEqual(["b1"]);
    expect(await trained((name) => name.endsWith("1"))).toEqual(["w2"]);
    await failing(trained(["w3"]), "ERR_VALUE", "no weight begins with");
    await failing(
      trained(() => true),
      "ERR_VALUE",
      "no weight to train",
    );
  });

  it("leaves the new weights in the model and in its streams", async () => {
    const model = start();
    const stream = model.stream({ state: {} });
    const before = run(model);
    expect([...stream.step({ x: [1, 2, 3] }).y!].map(Number)).toEqual(before);
    await finetune(model, examplesOf([0, 1]), { epochs: 3, lr: 0.1 });
    const after = run(model);
    expect(after).not.toEqual(before);
    expect([...stream.step({ x: [1, 2, 3] }).y!].map(Number)).toEqual(after);
    const fresh = new GraphModel(rt(), model.graph);
    expect(run(fresh)).toEqual(after);
  });

  it("trains a model with a state, and a cell whose layers are packed", async () => {
    const bytes = new Uint8Array(readFileSync(new URL("fixtures/keras_lstm.keras", import.meta.url)));
    const model = new GraphModel(rt(), readKeras(bytes));
    const input = model.inputs[0]!.name;
    const tokens = { [input]: [1, 2, 3, 4, 5] };
    const before = model.run(tokens);
    const { losses } = await finetune(model, [{ inputs: tokens, target: 2 }], { epochs: 30, lr: 0.05 });
    expect(losses.at(-1)).toBeLessThan(0.2);
    const [name] = Object.keys(before);
    const { data } = model.run(tokens)[name!]!;
    expect(Number(data[2])).toBeGreaterThan(0.8);
  });

  it("trains a head on features of the frozen model", async () => {
    const model = start();
    const before = run(model);
    const head = new nn.Linear(rt(), { inFeatures: 4, outFeatures: 3 });
    const options = { head, features: "c", epochs: 40, lr: 0.1 };
    const { losses, trained } = await finetune(model, examplesOf([0, 1, 2]), options);
    expect(trained).toEqual(["weight", "bias"]);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(run(model)).toEqual(before);
    await failing(finetune(model, examplesOf([0]), { features: "c" }), "ERR_VALUE", "features without head");
    await failing(finetune(model, examplesOf([0]), { head, features: "q" }), "ERR_VALUE", "no value");
  });

  it("takes an optimiser with groups", async () => {
    const model = start();
    await finetune(model, examplesOf([0, 1]), {
      optimizer: ({ w2, ...others }) =>
        new optim.SGD([others, { parameters: { w2: w2! }, lr: 0 }], { lr: 0.1 }),
    });
    expect(model.graph.constants.get("w2")!.data).toEqual(two.w2.data);
    expect(model.graph.constants.get("w1")!.data).not.toEqual(two.w1.data);
  });

  it("names all operators without a gradient between weights and the output", () => {
    const graph = graphOf(
      [
        node("MatMul", "x w1", "a"),
        node("CumSum", "a axis", "b"),
        node("Hardmax", "b", "h"),
        node("TopK", "b k", "c d"),
        node("Add", "c h", "y"),
      ],
      {
        ...{ w1: two.w1, axis: { dtype: "int64", shape: [], data: Int32Array.of(1) } },
        k: { dtype: "int64", shape: [1], data: Int32Array.of(4) },
      },
    );
    expectError(() => new GraphModule(rt(), graph), "ERR_FORMAT", 'CumSum ("the CumSum"), TopK ("the TopK")');
    // frozen, they run without gradients
    const module = new GraphModule(rt(), graph, { freeze: ["w1"] });
    expect(module.parameters()).toEqual({});
    const expected = new GraphModel(rt(), graph).run({ x: [1, 2, 3] }).y!;
    expect([...module.forward({ x: [1, 2, 3] }).y!.data]).toEqual([...expected.data].map(Number));
  });

  it("takes constants that reach their place through other nodes, and shares those that are read twice", () => {
    const graph = graphOf(
      [
        node("Transpose", "w", "t", { perm: [1, 0] }),
        node("MatMul", "x t", "a"),
        node("MatMul", "a w", "b"),
        node("Mul", "b half", "c"),
        node("Shape", "c", "shape"),
        node("ConstantOfShape", "shape", "zeros"),
        node("Add", "c zeros", "y"),
      ],
      { w: float([4, 3], 5), half: { dtype: "float32", shape: [], data: Float32Array.of(0.5) } },
    );
    const module = new GraphModule(rt(), graph);
    expect(Object.keys(module.parameters())).toEqual(["w"]);
    const expected = new GraphModel(rt(), graph).run({ x: [1, 2, 3] }).y!;
    module.forward({ x: [1, 2, 3] }).y!.data.forEach((x, i) => {
      expect(x).toBeCloseTo(Number(expected.data[i]), 5);
    });
  });

  it("does not train inputs that are the same in every call", async () => {
    const graph = graphOf([node("MatMul", "x w1", "a"), node("Mul", "a gain", "y")], { w1: two.w1 });
    const gain = { name: "gain", dtype: "float32", shape: ["size"] } as const;
    const model = new GraphModel(
      rt(),
      { ...graph, inputs: [...graph.inputs, gain] },
      { constants: { gain: [1, 2, 3, 4] } },
    );
    const before = run(model);
    const { trained, losses } = await finetune(model, examplesOf([0, 3, 1]), {
      epochs: 2,
      batch: 3,
      lr: 0.1,
    });
    expect(trained).toEqual(["w1"]);
    expect(losses[1]).toBeLessThan(losses[0]!);
    expect(run(model)).not.toEqual(before);
  });

  it("frees its memory", async () => {
    const model = start();
    run(model);
    const used: number[] = [];
    for (let i = 0; i < 3; i++) {
      await finetune(model, examplesOf([0, 1]), { epochs: 2 });
      run(model);
      used.push(rt().memory.used);
    }
    expect(used[2]).toBe(used[1]);
  });

  it("refuses runs that diverge, and stops when it is told", async () => {
    const model = start();
    const before = run(model);
    const huge = [{ inputs: { x: [1e30, 1, 1] }, target: [1e30, 1] }];
    await failing(finetune(model, huge, { optimizer: "sgd", lr: 1e30, epochs: 9 }), "ERR_NAN", "");
    expect(run(model)).toEqual(before);
    const stop = new AbortController();
    const onProgress = ({ epoch }: { epoch: number }) => epoch === 2 && stop.abort();
    const task = finetune(model, examplesOf([0, 1]), {
      epochs: 9,
      signal: stop.signal,
      onProgress: onProgress as never,
    });
    await failing(task, "ERR_ABORTED", "after step 2");
    expect(run(model), "the weights so far are kept").not.toEqual(before);
  });

  it("answers bad input", async () => {
    const model = start();
    const good = examplesOf([0]);
    const cases: [unknown, unknown, string, string][] = [
      [good, { epoch: 1 }, "ERR_VALUE", "epoch"],
      [good, { epochs: 0 }, "ERR_VALUE", "epochs"],
      [good, { optimizer: "adagrad" }, "ERR_VALUE", "optimizer"],
      [good, { optimizer: "sgd" }, "ERR_VALUE", "learning rate"],
      [good, { loss: "l1" }, "ERR_VALUE", "loss"],
      [good, { output: "q" }, "ERR_VALUE", "output"],
      [good, { freeze: [], head: 1 }, "ERR_VALUE", "head"],
      [[], {}, "ERR_DATA", "no examples"],
      [[{ inputs: { x: [1, 2, 3] } }], {}, "ERR_VALUE", "target of example 0"],
      [[{ inputs: { x: [1, 2, 3] }, target: Number.NaN }], {}, "ERR_VALUE", "finite"],
      [[{ inputs: { x: [1, 2] }, target: 0 }], {}, "ERR_SHAPE", "x"],
      [[{ inputs: { z: [1, 2, 3] }, target: 0 }], {}, "ERR_VALUE", "no input is called"],
      [[{ inputs: {}, target: 0 }], {}, "ERR_VALUE", "not given"],
      [[{ inputs: { x: [1, 2, 3] }, target: 7 }], {}, "ERR_VALUE", "7"],
    ];
    for (const [examples, options, code, text] of cases) {
      await failing(finetune(model, examples as FinetuneExample[], options as FinetuneOptions), code, text);
    }
    const light = new GraphModel((await createRun()) as unknown as Runtime, graphOf(dense, two));
    await failing(finetune(light, good), "ERR_STATE", "only runs models");
  });
});

describeRuntimes("operations that finetune adds", (rt) => {
  it("check their shapes", () => {
    const [a, b] = [rt().zeros([2, 3]), rt().zeros([2, 3])];
    expectError(() => matmul(a, b), "ERR_SHAPE", "[2,3] times [2,3]");
    expectError(() => matmul(rt().zeros([2, 2, 3]), rt().zeros([3, 3, 2])), "ERR_SHAPE", "[2,2,3]");
    expectError(() => rearrange([a], Int32Array.of(7), [1]), "ERR_VALUE", "from 0 to 6");
    expectError(() => rearrange([a], Int32Array.of(1), [2]), "ERR_VALUE", "1 places, expected 2");
    expectError(
      () => pointwise("f", [a, rt().zeros([3])], Math.max, []),
      "ERR_SHAPE",
      "[2,3] and [3] differ",
    );
    expectError(() => sumLast(rt().tensor(Int32Array.of(1))), "ERR_DTYPE", "int32");
  });
});

describeRuntimes("GraphModel.update", (rt) => {
  it("changes constants and refuses others", () => {
    const model = new GraphModel(rt(), graphOf(dense, two));
    const before = [...model.run({ x: [1, 2, 3] }).y!.data];
    const give = (name: string, value: Value) => () => model.update(new Map([[name, value]]));
    expectError(give("w9", two.w1), "ERR_VALUE", "no constant is called");
    expectError(give("w1", two.w2), "ERR_SHAPE", "expected float32 [3,4]");
    expectError(give("w1", { ...two.w1, dtype: "float16" }), "ERR_DTYPE", "float16");
    give("w1", float([3, 4], 77))();
    expect([...model.run({ x: [1, 2, 3] }).y!.data]).not.toEqual(before);
    give("w1", two.w1)();
    expect([...model.run({ x: [1, 2, 3] }).y!.data]).toEqual(before);
  });
});

describeRuntimes("biases of cells", (rt) => {
  it("are one if the second is 0, unless the reset gate lies between them", () => {
    const moved = (op: "GRU" | "RNN", second: number, attributes: GraphNode["attributes"] = {}) => {
      const rows = op === "GRU" ? 6 : 2;
      const bias = float([1, 2 * rows], 8);
      if (!second) bias.data.fill(0, rows);
      const constants = {
        w: float([1, rows, 3], 6),
        r: float([1, rows, 2], 7),
        bias,
        axes: { ...two.b1, dtype: "int64", shape: [1], data: Int32Array.of(0) } as Value,
      };
      const nodes = [node("Unsqueeze", "x axes", "u"), node(op, "u w r bias", "y", attributes)];
      const module = new GraphModule(rt(), graphOf(nodes, constants));
      const { y } = module.forward({ x: [1, 2, 3] });
      y!.backward(rt().tensor(new Float32Array(y!.size).fill(1), y!.shape));
      return module
        .parameters()
        .bias!.grad!.toArray()
        .subarray(rows)
        .some((x) => x !== 0);
    };
    expect(moved("RNN", 0)).toBe(false);
    expect(moved("RNN", 1)).toBe(true);
    expect(moved("GRU", 0)).toBe(false);
    expect(moved("GRU", 0, { linear_before_reset: 1 })).toBe(true);
  });
});
