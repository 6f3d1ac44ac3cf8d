// Files whose header, spec or tables are long or deep, so that reading them could take far more memory or time than their size.

const nested = (levels, open = "[", close = "]") => open.repeat(levels) + close.repeat(levels);
const many = (count, text) => Array.from({ length: count }, (_, i) => text(i)).join(",");
const names = (count) => Array.from({ length: count }, (_, i) => `name ${i}`);

/** Makes a file of a header's text and data. */
export function withHeader(text, data = new Uint8Array()) {
  const header = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

const tensorOf = (dtype, size, bytes) =>
  withHeader(
    `{"a":{"dtype":"${dtype}","shape":[${bytes / size}],"data_offsets":[0,${bytes}]}}`,
    new Uint8Array(bytes),
  );

/** Values that metadata may have in place of an object. Spreading a text or a list makes a key of each of its entries. */
const OTHERS = {
  "a text of 4 MB": () => "a".repeat(4_000_000),
  "a list of 60,000 numbers": () => Array(60_000).fill(1),
  "a number": () => 1,
};

/** Puts a value into a field of the checkpoint's metadata. */
const inCheckpoint = (change) => (value, metadata) => {
  const checkpoint = JSON.parse(metadata.checkpoint);
  return { checkpoint: JSON.stringify(change(checkpoint, value) ?? checkpoint) };
};
const whole = (key) => (value) => ({ [key]: JSON.stringify(value) });

/** The objects of the metadata: a name, the file that has it, and a function that returns the metadata to replace. */
const OBJECTS = [
  ["the spec", "classifier", whole("spec")],
  ["the reading", "classifier", whole("reading")],
  ["the reading of a forecaster", "forecaster", whole("reading")],
  ["the scaling of features", "classifier-vectors", whole("scaling")],
  ["a scale", "forecaster", (value) => ({ scaling: JSON.stringify([value]) })],
  ["the checkpoint", "classifier.checkpoint", whole("checkpoint")],
  ["the reading of a run", "classifier.checkpoint", whole("reading")],
  ["the recipe", "classifier.checkpoint", inCheckpoint((all, recipe) => ({ ...all, recipe }))],
  ["the progress", "classifier.checkpoint", inCheckpoint((all, progress) => ({ ...all, progress }))],
  [
    "the random numbers",
    "classifier.checkpoint",
    inCheckpoint(({ progress }, random) => void Object.assign(progress, { random })),
  ],
  [
    "the plateau",
    "classifier.checkpoint",
    inCheckpoint(({ progress }, seen) => void Object.assign(progress, { seen })),
  ],
];

/**
 * Lists the files by what is large in them.
 *
 * @param read returns the metadata and tensors of a valid file, by its name
 * @param serialize makes a file of tensors and metadata
 */
export function largeFiles(read, serialize) {
  const edited = (name, change) => {
    const { metadata, tensors } = read(name);
    return serialize(tensors, { ...metadata, ...change(metadata) });
  };
  const spec = (name, fields) =>
    edited(name, ({ spec }) => ({ spec: JSON.stringify({ ...JSON.parse(spec), ...fields }) }));
  const text = (name, key, json) => edited(name, () => ({ [key]: json }));
  const scale = { mean: 1, deviation: 1, step: 1, change: 1 };
  return {
    ...Object.fromEntries(
      OBJECTS.flatMap(([what, name, put]) =>
        Object.entries(OTHERS).map(([other, value]) => [
          `${other} in place of ${what}`,
          () => edited(name, (metadata) => put(value(), metadata)),
        ]),
      ),
    ),
    "a tensor whose name has 1,000,000 letters": () => {
      const { metadata, tensors } = read("classifier");
      return serialize(
        { ...tensors, ["a".repeat(1_000_000)]: { shape: [0], data: new Float32Array() } },
        metadata,
      );
    },
    "60,000 unknown fields of the progress": () =>
      edited("classifier.checkpoint", (metadata) =>
        inCheckpoint((all, more) => ({ ...all, progress: { ...all.progress, ...more } }))(
          Object.fromEntries(names(60_000).map((name) => [name, 1])),
          metadata,
        ),
      ),
    "300,000 tensors": () =>
      withHeader(`{${many(300_000, (i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`)}}`),
    "60,000 tensors": () =>
      withHeader(`{${many(60_000, (i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`)}}`),
    "11,000 more tensors": () => {
      const { metadata, tensors } = read("classifier");
      const more = names(11_000).map((name) => [name, { shape: [0], data: new Float32Array() }]);
      return serialize({ ...tensors, ...Object.fromEntries(more) }, metadata);
    },
    "50,000 tensors of a number": () =>
      withHeader(
        `{${many(50_000, (i) => `"${i}":{"dtype":"F32","shape":[],"data_offsets":[${4 * i},${4 * i + 4}]}`)}}`,
        new Uint8Array(200_000),
      ),
    "a shape of 2,000,000 axes": () =>
      withHeader(`{"a":{"dtype":"F32","shape":[${"0,".repeat(2_000_000)}0],"data_offsets":[0,0]}}`),
    "a shape of nested lists": () =>
      withHeader(`{"a":{"dtype":"F32","shape":${nested(20_000)},"data_offsets":[0,0]}}`),
    "a header of nested objects": () => withHeader(nested(20_000, '{"a":', "}")),
    "500,000 metadata": () => withHeader(`{"__metadata__":{${many(500_000, (i) => `"${i}":""`)}}}`),
    "4 MB of U8": () => tensorOf("U8", 1, 4_000_000),
    "4 MB of I8": () => tensorOf("I8", 1, 4_000_000),
    "4 MB of F16": () => tensorOf("F16", 2, 4_000_000),
    "4 MB of BF16": () => tensorOf("BF16", 2, 4_000_000),
    "4 MB of F64": () => tensorOf("F64", 8, 4_000_000),
    "4 MB of I64": () => tensorOf("I64", 8, 4_000_000),
    "a field of 100,000 letters": () => spec("classifier", { ["a".repeat(100_000)]: 1 }),
    "100,000 fields": () => spec("classifier", Object.fromEntries(names(100_000).map((name) => [name, 1]))),
    "a head of 60,000 layers": () => spec("classifier", { head: Array(60_000).fill(1) }),
    "60,000 activations": () => spec("classifier", { activations: Array(60_000).fill("tanh") }),
    "30,000 columns and targets": () =>
      spec("forecaster", { columns: names(30_000), targets: names(30_000).reverse() }),
    "10,000 columns, one target missing": () =>
      spec("forecaster", {
        columns: names(10_000),
        targets: names(9_999).reverse(),
        strategy: "iterated",
        horizon: 2,
      }),
    "a spec of 500,000 nested lists": () => text("classifier", "spec", nested(500_000)),
    "a spec of 60,000 nested lists": () => text("classifier", "spec", `{"task":${nested(60_000)}}`),
    "a field of 20,000 nested lists": () =>
      text("classifier", "spec", `{"task":"classifier","hidden":${nested(20_000)}}`),
    "a list of 20,000 nested lists": () =>
      text("classifier", "spec", `{"task":"classifier","activations":${nested(20_000)}}`),
    "a spec of 500,000 objects": () => text("classifier", "spec", `[${"{},".repeat(500_000)}{}]`),
    "a vocabulary of 500,000 nested lists": () => text("classifier", "vocabulary", nested(500_000)),
    "a vocabulary of 20,000 nested lists": () => text("classifier", "vocabulary", nested(20_000)),
    "a vocabulary of 500,000 objects": () => text("classifier", "vocabulary", `[${"{},".repeat(500_000)}{}]`),
    "a vocabulary of 400,000 symbols": () => text("classifier", "vocabulary", JSON.stringify(names(400_000))),
    "a vocabulary of 60,000 symbols": () => text("classifier", "vocabulary", JSON.stringify(names(60_000))),
    "400,000 labels": () => text("classifier", "labels", JSON.stringify(names(400_000))),
    "a scaling of 50,000 columns": () =>
      text("forecaster", "scaling", JSON.stringify(Array(50_000).fill(scale))),
    "a scaling of 10,000 columns": () =>
      text("forecaster", "scaling", JSON.stringify(Array(10_000).fill(scale))),
    "a scaling of 20,000 nested lists": () => text("forecaster", "scaling", nested(20_000)),
    "features of 1,000,000 numbers": () =>
      text("classifier-vectors", "scaling", `{"mean":[${"0,".repeat(1_000_000)}0],"deviation":[]}`),
    "a recipe of 500,000 nested lists": () =>
      text("classifier.checkpoint", "checkpoint", `{"recipe":{"batch":${nested(500_000)}}}`),
    "a recipe of 20,000 nested lists": () =>
      text("classifier.checkpoint", "checkpoint", `{"recipe":{"batch":${nested(20_000)}}}`),
  };
}
