import {
  Autoencoder,
  defaultAutoencoderSpec,
  defaultEmbedderSpec,
  embedderVocabulary,
  recordGates,
  SequenceEmbedder,
} from "unrolled";
import { describe, expect, it } from "vitest";
import { sequencePlane, symbolPlane } from "../../../studio/src/look/embedding-plane.ts";
import { planeOf } from "../../../studio/src/look/plane.ts";
import { classifier, farthest, languageModel, OPINIONS, reverser, startRuntime } from "./models.ts";

/** All eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, the largest eigenvalue first. */
function jacobi(matrix: number[][]): { value: number; vector: number[] }[] {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => Number(i === j)));
  for (let sweep = 0; sweep < 50; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p]![q]!) < 1e-15) continue;
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k]![p]!, a[k]![q]!];
          [a[k]![p], a[k]![q]] = [c * x - s * y, s * x + c * y];
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p]![k]!, a[q]![k]!];
          [a[p]![k], a[q]![k]] = [c * x - s * y, s * x + c * y];
          const [f, g] = [v[k]![p]!, v[k]![q]!];
          [v[k]![p], v[k]![q]] = [c * f - s * g, s * f + c * g];
        }
      }
    }
  }
  return a
    .map((row, i) => ({ value: row[i]!, vector: v.map((own) => own[i]!) }))
    .sort((x, y) => y.value - x.value);
}

function expectPlane(
  vectors: readonly ArrayLike<number>[],
  { points, explained }: ReturnType<typeof planeOf>,
): void {
  const rows = vectors.map((vector) => Array.from(vector));
  const [N, D] = [rows.length, rows[0]!.length];
  const mean = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / N);
  const centred = rows.map((row) => row.map((value, i) => value - mean[i]!));
  const covariance = mean.map((_, i) =>
    mean.map((_, j) => centred.reduce((s, row) => s + row[i]! * row[j]!, 0) / N),
  );
  const found = jacobi(covariance);
  const total = found.reduce((sum, { value }) => sum + value, 0);
  [0, 1].forEach((k) => {
    const { value, vector } = found[k]!;
    expect(explained[k]).toBeCloseTo(value / total, 4);
    const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    const axis = vector.map((x) => x * Math.sign(largest));
    const expected = centred.map((row) => row.reduce((sum, x, i) => sum + x * axis[i]!, 0));
    const own = expected.map((_, n) => points[2 * n + k]!);
    const size = Math.sqrt(value * N);
    expect(farthest(own, expected) / size).toBeLessThan(1e-3);
  });
  expect(D).toBeGreaterThan(1);
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1)) * 3);

describe("principal components", () => {
  it("are those of Jacobi's method", () => {
    const vectors = Array.from({ length: 40 }, (_, n) => {
      const [a, b, ...rest] = numbers(40 * 6).slice(n * 6, n * 6 + 6);
      return [5 * a! + b!, a! - 3 * b!, ...rest.map((x) => x / 3), a!];
    });
    expectPlane(vectors, planeOf(vectors));
  });

  it("finds an axis that the largest coordinate knows nothing of", () => {
    const vectors = [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 0.95, 0.95],
      [0, -0.95, -0.95],
    ];
    const { points, explained } = planeOf(vectors);
    expect(Math.abs(points[4]!)).toBeCloseTo(0.95 * Math.SQRT2, 5);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 6);
  });

  it("shows points of one dimension, of none, and a single one", () => {
    expect(farthest(planeOf([[0], [2]]).points, [-1, 0, 1, 0])).toBeLessThan(1e-6);
    expect([
      ...planeOf([
        [1, 2],
        [1, 2],
      ]).points,
    ]).toEqual([0, 0, 0, 0]);
    expect(planeOf([[1, 2, 3]]).explained).toEqual([0, 0]);
    expect(planeOf([]).points.length).toBe(0);
  });
});

it("places the symbols of a model with an embedding", async () => {
  const model = await classifier();
  const plane = symbolPlane(model);
  const { symbols } = model.vocabulary!;
  expect(plane.labels).toEqual(symbols);
  const E = model.spec.embedding;
  const all = model.embedding!.weight.toArray();
  expectPlane(
    symbols.map((_, id) => all.slice(id * E, (id + 1) * E)),
    plane,
  );
  expect(symbolPlane(model, 4).labels).toEqual(symbols.slice(0, 4));
  expect(symbolPlane(await reverser({}, 0)).labels.length).toBe(11);
});

it("places one-hot symbols by the input weights", async () => {
  const model = await languageModel({ embedding: 0, cell: "gru", layers: 1 });
  const { shape } = model.rnn.layers[0]!.weightIh;
  const all = model.rnn.layers[0]!.weightIh.toArray();
  const columns = model.vocabulary.symbols.map((_, id) =>
    Array.from({ length: shape[0]! }, (_, row) => all[row * shape[1]! + id]!),
  );
  expectPlane(columns, symbolPlane(model));
});

it("places sequences by the vectors of an embedder, an autoencoder and a classifier", async () => {
  const rt = await startRuntime();
  const texts = OPINIONS.map(({ text }) => text);
  const spec = { ...defaultEmbedderSpec(), hidden: 6, embedding: 4, size: 5 };
  const embedder = new SequenceEmbedder(rt, spec, {
    vocabulary: embedderVocabulary(
      [
        [texts[0]!, texts[1]!],
        [texts[2]!, texts[4]!],
      ],
      "word",
    ),
  });
  expectPlane(embedder.encode(texts), sequencePlane(embedder, texts));

  const words = ["walk", "talk", "walks", "talked", "cat"];
  const coding = { ...defaultAutoencoderSpec(), hidden: 6, embedding: 4 };
  const coder = new Autoencoder(
    rt,
    coding,
    Autoencoder.tablesOf(
      words.map((word) => [...word]),
      coding,
    ),
  );
  const plane = sequencePlane(coder, words);
  expect(plane.labels).toEqual(words);
  expectPlane(coder.encode(words), plane);

  const model = await classifier({ pooling: "mean", layers: 1, cell: "gru" });
  const means = texts.map((text) => {
    const layers = recordGates(model, () => model.predict([text]));
    const T = text.split(" ").length;
    return layers.flatMap(({ hidden: H, values }) =>
      Array.from({ length: H }, (_, unit) =>
        values.h!.reduce((sum, h, i) => sum + (i % H === unit ? h / T : 0), 0),
      ),
    );
  });
  const labels = OPINIONS.map(({ label }) => label);
  const pooled = sequencePlane(model, texts, labels);
  expect(pooled.labels).toEqual(labels);
  expectPlane(means, pooled);
});
