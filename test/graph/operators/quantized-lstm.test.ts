import { describe, expect, it } from "vitest";
import { expectClose, expectRefused, floats, int64, runNode, tensor } from "../run.ts";

const [T, B, I, H] = [4, 1, 3, 2];
/** Whole numbers around 0 that look random. */
const spread = (n: number, range: number, step: number) =>
  Array.from({ length: n }, (_, i) => ((i * step) % range) - Math.floor(range / 2));

const x = floats(
  [T, B, I],
  spread(T * B * I, 11, 7).map((v) => v / 5),
);
const W = tensor("int8", [1, I, 4 * H], spread(I * 4 * H, 199, 37));
const R = tensor("int8", [1, H, 4 * H], spread(H * 4 * H, 199, 53));
const bias = floats(
  [1, 8 * H],
  spread(8 * H, 7, 3).map((v) => v / 10),
);
const perColumn = floats(
  [1, 4 * H],
  Array.from({ length: 4 * H }, (_, i) => (i + 1) / 1000),
);
const zeros = tensor("int8", [1, 4 * H], new Array(4 * H).fill(0));
const zero = tensor("int8", [1], [0]);
const none = undefined;
const inputs = [x, W, R, bias, none, none, none, none, floats([1], [0.01]), zero, perColumn, zeros];
const op = "com.microsoft.DynamicQuantizeLSTM";

describe("DynamicQuantizeLSTM", () => {
  // Made with onnxruntime 1.30 on one thread, with the numbers above.
  it.each([
    [
      "forward",
      [0.2836597, 0.1389429, 0.0940949, 0.0934166, 0.0372103, 0.0053421, 0.0267613, -0.0621335],
      [0.0484928, -0.1091001],
    ],
    [
      "reverse",
      [0.262129, 0.0719976, -0.0389744, -0.1632388, -0.0092541, -0.1244819, 0.0085388, -0.0730066],
      [0.3945643, 0.1897922],
    ],
  ])("reads %s as ONNX Runtime does", (direction, y, c) => {
    const [outputs, hidden, cell] = runNode(op, inputs, { direction, hidden_size: H }, 3);
    expectClose(outputs!.data, y, 1e-6);
    expectClose(hidden!.data, direction === "forward" ? y.slice(-2) : y.slice(0, 2), 1e-6);
    expectClose(cell!.data, c, 1e-6);
  });

  it("is close to the LSTM of the weights as floats, with all options", () => {
    const float = ({ shape, data }: typeof W, columns: number) => {
      const K = shape[1]!;
      return floats(
        [2, columns, K],
        Array.from({ length: 2 * columns * K }, (_, at) => {
          const [k, column, d] = [at % K, Math.floor(at / K) % columns, Math.floor(at / K / columns)];
          return (data[(d * K + k) * columns + column]! - 3) * 0.004;
        }),
      );
    };
    const w = tensor("int8", [2, I, 4 * H], spread(2 * I * 4 * H, 199, 37));
    const r = tensor("int8", [2, H, 4 * H], spread(2 * H * 4 * H, 199, 53));
    const common = [
      floats(
        [2, 8 * H],
        spread(16 * H, 7, 3).map((v) => v / 10),
      ),
      tensor("int32", [2], [3, 4]),
      floats(
        [2, 2, H],
        spread(8, 5, 3).map((v) => v / 5),
      ),
      floats(
        [2, 2, H],
        spread(8, 7, 3).map((v) => v / 5),
      ),
      floats(
        [2, 3 * H],
        spread(12, 9, 4).map((v) => v / 10),
      ),
    ];
    const input = floats(
      [T, 2, I],
      spread(T * 2 * I, 11, 7).map((v) => v / 5),
    );
    const [scale, threes] = [floats([2], [0.004, 0.004]), tensor("int8", [2], [3, 3])];
    const attributes = { direction: "bidirectional", clip: 2 };
    const given = runNode(op, [input, w, r, ...common, scale, threes, scale, threes], attributes, 3);
    const exact = runNode("LSTM", [input, float(w, 4 * H), float(r, 4 * H), ...common], attributes, 3);
    for (const [i, { data, shape }] of given.entries()) {
      expect(shape).toEqual(exact[i]!.shape);
      expectClose(data, exact[i]!.data, 0.01);
    }
  });

  it("takes no steps", () => {
    const [y, h] = runNode(op, [floats([0, 1, I], []), ...inputs.slice(1)], {}, 2);
    expect(y!.shape).toEqual([0, 1, 1, H]);
    expect([...h!.data]).toEqual([0, 0]);
  });

  it("refuses what does not fit", () => {
    const refused = (i: number, value: typeof x, code: string, part: string) =>
      expectRefused(op, inputs.with(i, value), {}, code, part);
    refused(0, floats([2, 3], [1, 2, 3, 4, 5, 6]), "ERR_SHAPE", "expected [T, B, I]");
    refused(1, R, "ERR_SHAPE", "W is [1,2,8], expected [1,3,8]");
    refused(4, int64([1], [9]), "ERR_DATA", "sequence_lens is [9] of 4 steps");
    refused(9, zeros, "ERR_SHAPE", "W_zero_point is [1,8], expected [1]");
    expectRefused(op, inputs, { hidden_size: 3 }, "ERR_SHAPE", "hidden_size is 3");
    expectRefused(op, inputs, { direction: "up" }, "ERR_FORMAT", "direction up");
    const activations = ["Relu", "Tanh", "Tanh"];
    expectRefused(
      op,
      inputs,
      { activations },
      "ERR_FORMAT",
      "activations are Relu, Tanh, Tanh, expected Sigmoid",
    );
  });
});
