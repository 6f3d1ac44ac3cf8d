import { expect, it } from "vitest";
import { gatherRows } from "../../src/autograd/shape.ts";
import { Attention } from "../../src/nn/attention.ts";
import { fixtures } from "../fixtures/load.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

describeRuntimes("attention", (rt) => {
  it.each(fixtures("attention"))("against PyTorch: $name", (fixture) => {
    const { attention: kind, query_size: querySize, memory_size: memorySize, size } = fixture.config;
    const module = new Attention(rt(), { kind, querySize, memorySize, size });
    for (const [name, parameter] of Object.entries(module.parameters())) {
      parameter.data.set(fixture.float(`param.${name}`).data);
    }
    const input = (name: string) => {
      const { data, shape } = fixture.float(name);
      return rt().tensor(data, shape, { requiresGrad: true });
    };
    const [queries, memory] = [input("in.queries"), input("in.memory")];
    const lengths = [...fixture.tensors["in.lengths"]!.data];
    const { context, weights } = module.forward(queries, memory, lengths);
    fixture.check("out.context", context.data);
    fixture.check("out.weights", weights.data);
    const { data, shape } = fixture.float("loss.w_context");
    context.backward(rt().tensor(data, shape));
    fixture.check("grad.queries", gradientOf(queries));
    fixture.check("grad.memory", gradientOf(memory));
    for (const [name, parameter] of Object.entries(module.parameters())) {
      fixture.check(`grad.${name}`, gradientOf(parameter));
    }
  });

  const tensor = (...shape: number[]) =>
    rt().tensor(random(3).array(shape.reduce((a, b) => a * b, 1)), shape);

  it.each(["dot", "additive"] as const)("%s: steps past a source's end have no influence", (kind) => {
    const module = new Attention(rt(), { kind, querySize: 4, memorySize: 4 });
    const [queries, memory] = [tensor(2, 3, 4), tensor(5, 3, 4)];
    const lengths = [5, 2, 1];
    const before = module.forward(queries, memory, lengths);
    memory.data.fill(Number.NaN, (2 * 3 + 1) * 4, (2 * 3 + 2) * 4); // step 2 of sequence 1
    const after = module.forward(queries, memory, lengths);
    expect([...after.context.data]).toEqual([...before.context.data]);
    const data = after.weights.toArray(); // [B, T_y, T_x]
    for (let row = 0; row < 6; row++) {
      const own = data.slice(row * 5, row * 5 + 5);
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect([...own.slice(lengths[Math.floor(row / 2)])].every((w) => w === 0)).toBe(true);
    }
  });

  it("a step that no query can tell apart gets an equal share; a source of one step all", () => {
    const module = new Attention(rt(), { kind: "dot", querySize: 2, memorySize: 2 });
    const { weights, context } = module.forward(rt().zeros([1, 2, 2]), tensor(4, 2, 2), [4, 1]);
    expect([...weights.data]).toEqual([0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0]);
    expect(context.shape).toEqual([1, 2, 2]);
  });

  it.each([
    ["dot", 1],
    ["dot", 3],
    ["additive", 1],
    ["additive", 3],
  ] as const)(
    "a stream of %s attention with %i queries a source gives what the whole pass does",
    (kind, rows) => {
      const [B, D] = [2, kind === "dot" ? 8 : 5];
      const module = new Attention(rt(), {
        kind,
        querySize: 8,
        memorySize: D,
        size: kind === "dot" ? 8 : 11,
      });
      const [queries, memory] = [tensor(rows, B, 8), tensor(6, B, D)];
      const lengths = [4, 6];
      const { context, weights } = module.forward(queries, memory, lengths);
      const { used } = rt().memory;
      const stream = module.stream(memory, lengths, rows);
      memory.data.fill(Number.NaN); // it was copied
      const bySource = gatherRows(
        queries,
        Int32Array.from({ length: B * rows }, (_, i) => (i % rows) * B + Math.floor(i / rows)),
        [B * rows, 8],
      );
      for (let i = 0; i < 2; i++) stream.run(bySource.ptr);
      const found = rt().floats(stream.contextPtr, B * rows * D);
      const expected = Array.from({ length: B * rows }, (_, i) => {
        const at = ((i % rows) * B + Math.floor(i / rows)) * D;
        return [...context.data.slice(at, at + D)];
      });
      expect([...found]).toEqual(expected.flat());
      expect([...stream.weights()]).toEqual([...weights.data]);
      bySource.dispose();
      stream.dispose();
      stream.dispose();
      expect(rt().memory.used).toBe(used);
      expectError(() => stream.run(0), "ERR_DISPOSED");
    },
  );

  it("parameters", () => {
    const additive = new Attention(rt(), { kind: "additive", querySize: 3, memorySize: 2, size: 4 });
    const shapes = Object.entries(additive.parameters()).map(([name, { shape }]) => [name, [...shape]]);
    expect(Object.fromEntries(shapes)).toEqual({
      score: [4],
      "query.weight": [4, 3],
      "key.weight": [4, 2],
      "key.bias": [4],
    });
    expect(new Attention(rt(), { kind: "dot", querySize: 3, memorySize: 3 }).parameters()).toEqual({});
  });

  it("refuses what does not fit", () => {
    const dot = new Attention(rt(), { kind: "dot", querySize: 2, memorySize: 2 });
    const [queries, memory] = [tensor(1, 2, 2), tensor(3, 2, 2)];
    expectError(() => dot.forward(queries, memory, [3]), "ERR_SHAPE", "1 lengths", "2 sources");
    expectError(() => dot.forward(queries, memory, [3, 0]), "ERR_VALUE", "a length is 0", "1 to 3");
    expectError(() => dot.forward(queries, memory, [4, 1]), "ERR_VALUE", "1 to 3");
    expectError(() => dot.forward(queries, tensor(3, 2, 3)), "ERR_SHAPE", "keys");
    expectError(() => dot.forward(queries, tensor(3, 1, 2)), "ERR_SHAPE", "keys");
    expectError(() => dot.forward(tensor(2, 2), memory), "ERR_SHAPE", "queries");
    const make = (options: object) => () => new Attention(rt(), options as never);
    expectError(make({ kind: "dot", querySize: 2, memorySize: 3 }), "ERR_VALUE", "use additive");
    expectError(make({ kind: "none", querySize: 2, memorySize: 2 }), "ERR_VALUE", "dot or additive");
    expectError(make({ kind: "additive", querySize: 0, memorySize: 2 }), "ERR_VALUE", "querySize is 0");
  });

  it("frees what it made if it fails, and what a pass needed when it is over", () => {
    const module = new Attention(rt(), { kind: "additive", querySize: 4, memorySize: 4 });
    const [queries, memory] = [tensor(2, 2, 4), tensor(3, 2, 4)];
    const { used } = rt().memory;
    expectError(() => module.forward(queries, memory, [9, 9]), "ERR_VALUE");
    expect(rt().memory.used).toBe(used);
    rt().scope(() => {
      const { context } = module.forward(queries, memory);
      context.backward(context);
    });
    expect(rt().memory.used).toBe(used);
  });
});
