import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget } from "../../../src/formats/byte-reader.ts";
import { inflate } from "../../../src/formats/inflate.ts";
import { readKeras, readKerasWeights } from "../../../src/formats/keras/read-keras.ts";
import { openZip } from "../../../src/formats/zip/zip.ts";
import { evaluator } from "../evaluate.ts";
import { damaged, readsOrRefuses, refusal, unpacked } from "../files.ts";
import stored from "./files.json" with { type: "json" };

// Files and outputs of Keras: see ../make-fixtures.py.

type Name = keyof typeof stored;
type Ending = "keras" | "h5" | "weights.h5";
const NAMES = Object.keys(stored) as Name[];
const bytesOf = (name: Name, ending: Ending) => unpacked(stored[name][ending]);

/** The architecture in a .keras file. */
function configOf(name: Name): string {
  const bytes = bytesOf(name, "keras");
  return new TextDecoder().decode(
    openZip(bytes, new Budget(bytes.length), inflate).get("config.json")!.read(),
  );
}

const open = (name: Name, ending: Ending) =>
  readKeras(bytesOf(name, ending), ending === "weights.h5" ? { config: configOf(name) } : {});

describe.each(NAMES)("the model %s", (name) => {
  it.each(["keras", "h5", "weights.h5"] as const)("has Keras' outputs in a file of kind %s", (ending) => {
    const graph = open(name, ending);
    const { x, y } = stored[name];
    const [input, output] = [graph.inputs[0]!.name, graph.outputs[0]!.name];
    const found = evaluator(graph)({ [input]: { shape: [2, 3, 2], data: x } })[output]!;
    expect(found.data).toHaveLength(y.length);
    for (const [i, value] of y.entries()) expect(found.data[i]).toBeCloseTo(value, 5);
  });

  it("takes an architecture as an object too", () => {
    const graph = readKeras(bytesOf(name, "weights.h5"), { config: JSON.parse(configOf(name)) });
    expect(graph.nodes).toEqual(open(name, "keras").nodes);
  });
});

describe("weights alone", () => {
  it("are read by their names in the file", () => {
    const shapes = (ending: Ending) =>
      Object.fromEntries(
        Object.entries(readKerasWeights(bytesOf("cells", ending))).map(([name, { shape }]) => [name, shape]),
      );
    const cells = "layers/rnn/cell/cells";
    expect(shapes("weights.h5")).toEqual({
      [`${cells}/gru_cell/vars/0`]: [2, 6],
      [`${cells}/gru_cell/vars/1`]: [2, 6],
      [`${cells}/gru_cell/vars/2`]: [2, 6],
      [`${cells}/lstm_cell/vars/0`]: [2, 8],
      [`${cells}/lstm_cell/vars/1`]: [2, 8],
      [`${cells}/lstm_cell/vars/2`]: [8],
      "layers/time_distributed/layer/vars/0": [2, 1],
      "layers/time_distributed/layer/vars/1": [1],
    });
    expect(shapes("keras")).toEqual(shapes("weights.h5"));
    expect(Object.keys(shapes("h5")).filter((key) => /^td\/.*\/kernel$/.test(key))).toHaveLength(1);
  });

  it("need an architecture", () => {
    const bytes = bytesOf("names", "weights.h5");
    expect(refusal(() => readKeras(bytes))).toBe(
      "Keras: the file has weights alone: give the option config, the result of model.to_json() in Python, or save the whole model with model.save()",
    );
    expect(refusal(() => readKeras(bytes, { config: "{" }))).toContain("no valid JSON");
    expect(refusal(() => readKeras(bytes, { config: "[]" }))).toContain("expected an object");
    expect(refusal(() => readKeras(bytes, { config: "{}" }))).toContain("the result of model.to_json()");
    expect(refusal(() => readKeras(bytes, { config: 5 as never }), "ERR_VALUE")).toContain("config");
    expect(refusal(() => readKeras(bytes, { konfig: {} } as never), "ERR_VALUE")).toContain("unknown option");
  });

  it("of layers with other names are taken by their order", () => {
    const config = configOf("nested")
      .replaceAll('"inner"', '"inner_5"')
      .replaceAll('"b"', '"b_9"')
      .replaceAll('"input_layer', '"input_layer_7');
    const graph = readKeras(bytesOf("nested", "h5"), { config });
    expect([...graph.constants.values()]).toEqual([...open("nested", "keras").constants.values()]);
  });

  it("of another architecture are refused by layer", () => {
    expect(refusal(() => readKeras(bytesOf("names", "weights.h5"), { config: configOf("cells") }))).toMatch(
      /layer "/,
    );
    const wide = configOf("names").replaceAll('"units": 2', '"units": 3');
    expect(refusal(() => readKeras(bytesOf("names", "weights.h5"), { config: wide }))).toMatch(/expected \[/);
  });
});

describe("an architecture", () => {
  it("nested too deeply is refused", () => {
    const bytes = bytesOf("names", "weights.h5");
    const deep = `{"a":${"[".repeat(60_000)}${"]".repeat(60_000)}}`;
    expect(refusal(() => readKeras(bytes, { config: deep }))).toContain("nested more than 250 deep");
    let object: object = {};
    for (let i = 0; i < 60_000; i++) object = { object };
    expect(refusal(() => readKeras(bytes, { config: object as never }), "ERR_VALUE")).toContain(
      "nested too deeply",
    );
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    refusal(() => readKeras(bytes, { config: circle }), "ERR_VALUE");
  });

  it("may have brackets in its texts", () => {
    const config = configOf("names").replace(
      '"name": "functional',
      `"note": "${'\\"[{'.repeat(300)}", "name": "functional`,
    );
    expect(readKeras(bytesOf("names", "weights.h5"), { config }).outputs).toHaveLength(1);
  });
});

describe("a damaged file", () => {
  it.each(["keras", "h5", "weights.h5"] as const)("of kind %s is read or refused", (ending) => {
    const config = configOf("nested");
    fc.assert(
      fc.property(damaged(bytesOf("nested", ending)), (changed) =>
        readsOrRefuses(() => readKeras(changed, ending === "weights.h5" ? { config } : {})),
      ),
      { numRuns: 150 },
    );
  });
});
