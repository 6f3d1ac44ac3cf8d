import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTorch, readTorch } from "../../../src/formats/torch/read-torch.ts";
import type { TorchSpec } from "../../../src/formats/torch/spec.ts";
import { torchGraph } from "../../../src/formats/torch/torch-graph.ts";
import { GraphModel } from "../../../src/graph/model.ts";
import { serializeSafetensors } from "../../../src/io/safetensors.ts";
import { startRuntime } from "../../runtimes.ts";
import { damaged, readsOrRefuses, refusal, unpacked } from "../files.ts";
import stored from "./files.json" with { type: "json" };

// Files and outputs of PyTorch: see ../make-fixtures.py.

const { files } = stored;
const rt = await startRuntime();
const read = (name: keyof typeof files, options = {}) => readTorch(unpacked(files[name]), options);
const RELU: TorchSpec = { cell: "RNN", hidden: 2, out: 2, nonlinearity: "relu" };
const plain = (weights: ReturnType<typeof readTorch>) =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
const relu = plain(readTorch(unpacked(stored.relu.file)));

describe("a model of PyTorch", () => {
  const cases: readonly (readonly ["lstm" | "gru" | "relu", TorchSpec])[] = [
    ["lstm", { cell: "LSTM", hidden: 2, layers: 2, bidirectional: true, embedding: [5, 2], out: 3 }],
    ["gru", { cell: "GRU", hidden: 2, layers: 2, features: 3, batchFirst: false }],
    ["relu", RELU],
  ];
  it.each(cases)("%s has PyTorch's outputs", (name, spec) => {
    const { file, shape, x, y } = stored[name];
    const graph = torchGraph(readTorch(unpacked(file)), spec);
    expect(graph.inputs.map(({ name }) => name)).toEqual([spec.embedding ? "ids" : "x"]);
    const found = new GraphModel(rt, graph).run({ [graph.inputs[0]!.name]: { shape, data: x } }).y!;
    expect(found.shape).toEqual([shape[0], shape[1], spec.out ?? 2]);
    for (const [i, value] of y.entries()) expect(found.data[i]).toBeCloseTo(value, 5);
  });

  it.each(cases)("%s takes states and gives them back", (name, spec) => {
    const { file, shape, x, states, "with states": expected } = stored[name];
    const graph = torchGraph(readTorch(unpacked(file)), { ...spec, states: true });
    const letters = spec.cell === "LSTM" ? ["h", "c"] : ["h"];
    const names = [...letters.map((letter) => `${letter}0`)];
    expect(graph.inputs.slice(1).map(({ name }) => name)).toEqual(names);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["y", ...letters.map((letter) => `${letter}n`)]);
    const size = (spec.layers ?? 1) * (spec.bidirectional ? 2 : 1);
    const initial = names.map((name, i) => [name, { shape: [size, 2, 2], data: states[i]! }]);
    const found = new GraphModel(rt, graph).run({
      [graph.inputs[0]!.name]: { shape, data: x },
      ...Object.fromEntries(initial),
    });
    for (const [i, values] of expected.entries()) {
      const { data } = Object.values(found)[i]!;
      expect(data).toHaveLength(values.length);
      for (const [k, value] of values.entries()) expect(data[k]).toBeCloseTo(value, 5);
    }
  });
});

describe("a file of torch.save", () => {
  it.each(["legacy", "protocol 4", "checkpoint", "prefix"] as const)("of kind %s is read", (name) => {
    expect(plain(read(name))).toEqual(relu);
  });

  it("says which state_dict of a checkpoint was taken", () => {
    expect(openTorch(unpacked(files.checkpoint)).key).toBe("net");
    expect(openTorch(unpacked(files.legacy)).key).toBeUndefined();
    expect(plain(read("several", { key: "decoder" }))).toEqual(relu);
    expect(refusal(() => read("several"))).toBe(
      'PyTorch: choose a state_dict with the option key: "encoder", "decoder"',
    );
    expect(refusal(() => read("several", { key: "x" }))).toContain('key: "encoder", "decoder"');
    expect(refusal(() => read("several", { keys: "x" }), "ERR_VALUE")).toContain("unknown option keys");
  });

  it("may have parameters, and views of storages", () => {
    expect(plain(read("parameter"))).toEqual({ p: { shape: [2], data: [1, 1] } });
    const base = Array.from({ length: 24 }, (_, i) => i);
    expect(plain(read("views"))).toEqual({
      transposed: { shape: [2, 4], data: [1, 7, 13, 19, 2, 8, 14, 20] },
      steps: { shape: [2, 3], data: [1, 3, 5, 13, 15, 17] },
      spread: { shape: [3, 2], data: [0, 0, 0, 0, 0, 0] },
      all: { shape: [4, 6], data: base },
    });
  });

  it("may have elements of each type", () => {
    const types = read("types");
    expect(Object.keys(types)).toHaveLength(9);
    for (const [name, { dtype, data }] of Object.entries(types)) {
      expect(`torch.${dtype}`).toBe(name);
      expect([...data]).toEqual(dtype === "bool" ? [0, 1, 1] : [0, 1, 3]);
    }
  });

  it.each([
    ["tensor", "no dictionary; expected a state_dict"],
    ["number", "no dictionary; expected a state_dict"],
    ["module", "Save the state alone: torch.save(model.state_dict(), path)"],
  ] as const)("with a %s is refused", (name, expected) => {
    expect(refusal(() => read(name))).toContain(expected);
  });

  it("is read or refused if it is damaged", () => {
    for (const name of ["legacy", "protocol 4", "checkpoint", "views"] as const) {
      fc.assert(
        fc.property(damaged(unpacked(files[name])), (changed) =>
          readsOrRefuses(() => torchGraph(readTorch(changed), RELU)),
        ),
        { numRuns: 200 },
      );
    }
  });
});

describe("a pickle", () => {
  const pickle = (...parts: readonly (string | number)[]) =>
    new Uint8Array(
      parts.flatMap((part) =>
        typeof part === "number" ? [part] : [...part].map((letter) => letter.charCodeAt(0)),
      ),
    );
  const start = "\x80\x02";

  it.each([
    ["cos\nsystem\n(X\x02\0\0\0lstR.", '"os.system", which is not allowed: nothing was run'],
    ["cbuiltins\neval\n.", '"builtins.eval"'],
    ["c__builtin__\ngetattr\n.", '"__builtin__.getattr"'],
    ["ccollections\nOrderedDict.__init__\n.", '"collections.OrderedDict.__init__"'],
    ["ctorch.nn.modules.rnn\nLSTM\n.", "whole module"],
    ["X\x02\0\0\0osX\x06\0\0\0system\x93.", '"os.system"'],
    ["(S'x'\n.", 'the operation "S"'],
    ["i__main__\nX\n.", 'the operation "i"'],
  ])("%j is refused by name", (text, expected) => {
    expect(refusal(() => readTorch(pickle(start, text)))).toContain(expected);
  });

  it.each([
    ["reads a memo that was never written", "h\x05."],
    ["ends early", "(((("],
    ["takes from an empty stack", "0."],
    ["has an odd number of items", "}(K\x01u."],
    ["adds to a number", "K\x01K\x02a."],
    ["leaves values", "K\x01K\x02."],
    ["calls a number", "K\x01)R."],
    ["has 100,000 marks", `${"(".repeat(100_000)}.`],
    ["has a text longer than the file", "X\xff\xff\xff\x7fa."],
    ["has no end of a line", "cos"],
    ["has a number of 2 GB", "\x8b\xff\xff\xff\x7f."],
  ])("that %s is refused", (_, text) => {
    expect(refusal(() => readTorch(pickle(start, text)))).toMatch(/damaged|magic|torch\.save did not write/);
  });

  it("of any operations is read or refused", () => {
    const operation = fc.oneof(
      fc.constantFrom(
        ..."(0 12NJKMGX]a})sbQqhejrtuR.",
        "\x85",
        "\x86",
        "\x87",
        "\x88",
        "\x94",
        "\x93",
        "\x81",
      ),
      fc.constantFrom(
        "ccollections\nOrderedDict\n",
        "ctorch._utils\n_rebuild_tensor_v2\n",
        "ctorch\nFloatStorage\n",
      ),
      fc.constantFrom("X\x07\0\0\0storage", "X\x01\0\0\x000", "K\x02", "K\x01\x85"),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60, size: "max" }), (operations) =>
        readsOrRefuses(() => readTorch(pickle(start, operations.join("")))),
      ),
      { numRuns: 2000 },
    );
  });

  /** A file of before PyTorch 1.6 with one tensor, a view of one number. @param shape and strides as a pickle has them */
  const legacy = (shape: string, offset = "K\0") =>
    pickle(
      `${start}\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.${start}M\xe9\x03.${start}}.`,
      `${start}}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n`,
      `X\x01\0\0\x000X\x03\0\0\0cpuK\x01tQ${offset}${shape}\x89NtRs.`,
      `${start}]X\x01\0\0\x000a.\x01\0\0\0\0\0\0\0\0\0\x80?`,
    );

  it("whose tensor is far larger than its storage is refused before memory is taken", () => {
    expect(plain(readTorch(legacy("K\x03K\x02\x86K\0K\0\x86")))).toEqual({
      a: { shape: [3, 2], data: [1, 1, 1, 1, 1, 1] },
    });
    const before = process.memoryUsage().arrayBuffers;
    const large = "J\0\0\x10\0";
    expect(refusal(() => readTorch(legacy(`${large}${large}\x86K\0K\0\x86`)))).toContain(
      "more memory than fits its size",
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it.each([
    ["K\x03K\x02\x86K\x01K\0\x86", "K\0", "reaches past the end of its storage"],
    ["K\x01\x85K\x01\x85", "K\x01", "reaches past the end of its storage"],
    ["K\x01\x85K\x01\x85", "J\xff\xff\xff\xff", "damaged"],
    ["K\x01\x85J\xff\xff\xff\xff\x85", "K\0", "damaged"],
    ["K\x01\x85K\x01K\x01\x86", "K\0", "damaged"],
  ])("whose tensor lies outside of its storage is refused: %j", (shape, offset, expected) => {
    expect(refusal(() => readTorch(legacy(shape, offset)))).toContain(expected);
  });
});

describe("a spec", () => {
  const weights = readTorch(unpacked(stored.relu.file));
  const wrong = (spec: object, code = "ERR_VALUE") =>
    refusal(() => torchGraph(weights, { ...RELU, ...spec } as TorchSpec), code);

  it("is checked", () => {
    expect(wrong({ cell: "lstm" })).toContain("spec.cell");
    expect(wrong({ hidden: 0 })).toContain("spec.hidden");
    expect(wrong({ layers: 1.5 })).toContain("spec.layers");
    expect(wrong({ bidirectional: "yes" })).toContain("spec.bidirectional");
    expect(wrong({ embedding: 5 })).toContain("spec.embedding");
    expect(wrong({ embedding: [5, 0] })).toContain("spec.embedding[1]");
    expect(wrong({ embedding: [5, 2], features: 2 })).toContain("spec.features");
    expect(wrong({ out: "3" })).toContain("spec.out");
    expect(wrong({ nonlinearity: "gelu" })).toContain("spec.nonlinearity");
    expect(wrong({ cell: "GRU" })).toContain("spec.nonlinearity");
    expect(wrong({ num_layers: 2 })).toContain("unknown option num_layers");
    expect(wrong({ names: { linear: "fc" } })).toContain("unknown option linear");
    expect(wrong({ proj_size: 2 })).toContain("projections of an LSTM are not supported");
  });

  it("that does not fit says what is missing and what was found", () => {
    expect(wrong({ hidden: 3 }, "ERR_FORMAT")).toBe(
      "PyTorch: RNN with 3 units (weight_ih_l0 [3, ...] and weight_hh_l0 [3, 3]) is missing; the file has " +
        "rnn.weight_ih_l0 [2, 2], rnn.weight_hh_l0 [2, 2], fc.weight [2, 2], fc.bias [2]",
    );
    expect(wrong({ layers: 2 }, "ERR_FORMAT")).toBe(
      "PyTorch: it has rnn.weight_ih_l0, but spec.layers is 2 and spec.bidirectional false",
    );
    expect(wrong({ bidirectional: true }, "ERR_FORMAT")).toContain("spec.bidirectional true");
    expect(wrong({ out: 3 }, "ERR_FORMAT")).toContain("a linear layer (weight [3, 2], bias [3]) is missing");
    expect(wrong({ embedding: [7, 2] }, "ERR_FORMAT")).toContain("an embedding (weight [7, 2]) is missing");
    expect(wrong({ features: 5 }, "ERR_FORMAT")).toContain(
      "rnn.weight_ih_l0 [2, 5] is missing; the file has rnn.weight_ih_l0 [2, 2]",
    );
    expect(wrong({ bias: true }, "ERR_FORMAT")).toContain("rnn.bias_ih_l0 [2] is missing");
    const projected = readTorch(unpacked(files.projection));
    const spec: TorchSpec = { cell: "LSTM", hidden: 3 };
    expect(refusal(() => torchGraph(projected, spec))).toContain("projections of an LSTM (proj_size)");
  });

  it("chooses between parts of equal shapes", () => {
    const two = read("two");
    expect(refusal(() => torchGraph(two, RELU))).toContain(
      'fits "one.rnn", "two.rnn"; choose one with spec.names.rnn',
    );
    expect(refusal(() => torchGraph(two, { ...RELU, names: { rnn: "one.rnn" } }))).toContain(
      'fits "one.fc", "two.fc"; choose one with spec.names.out',
    );
    const graph = torchGraph(two, { ...RELU, names: { rnn: "one.rnn", out: "two.fc" } });
    const { shape, x, y } = stored.relu;
    const found = new GraphModel(rt, graph).run({ x: { shape, data: x } }).y!;
    for (const [i, value] of y.entries()) expect(found.data[i]).toBeCloseTo(value, 5);
  });

  it("also takes safetensors", () => {
    const tensors = Object.fromEntries(
      Object.entries(weights).map(([name, { shape, data }]) => [`module.${name}`, { shape, data }]),
    );
    expect(plain(readTorch(serializeSafetensors(tensors)))).toEqual(relu);
  });
});
