import { describe, expect, it } from "vitest";
import { expectRefused, floats, runNode } from "../run.ts";

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("DepthToSpace and SpaceToDepth", () => {
  const [N, C, H, W, b] = [2, 8, 3, 2, 2];
  const x = floats([N, C, H, W], count(N * C * H * W));

  /** The element of the result at each place, by the definition in ONNX's text. @param channel of a depth and a place in the block */
  function expected(channel: (depth: number, i: number, j: number) => number): number[] {
    return count(N * 2 * H * b * W * b).map((at) => {
      const [w, h] = [at % (W * b), Math.floor(at / (W * b)) % (H * b)];
      const depth = Math.floor(at / (W * b * H * b)) % 2;
      const n = Math.floor(at / (2 * H * b * W * b));
      const c = channel(depth, h % b, w % b);
      return ((n * C + c) * H + Math.floor(h / b)) * W + Math.floor(w / b);
    });
  }

  it("move channels to places", () => {
    const shape = [N, 2, H * b, W * b];
    const depthLast = floats(
      shape,
      expected((depth, i, j) => (i * b + j) * 2 + depth),
    );
    expect(runNode("DepthToSpace", [x], { blocksize: b })).toEqual([depthLast]);
    const depthFirst = floats(
      shape,
      expected((depth, i, j) => (depth * b + i) * b + j),
    );
    expect(runNode("DepthToSpace", [x], { blocksize: b, mode: "CRD" })).toEqual([depthFirst]);
  });

  it("move places to channels, which is the way back", () => {
    const [y] = runNode("DepthToSpace", [x], { blocksize: b });
    expect(runNode("SpaceToDepth", [y!], { blocksize: b })).toEqual([x]);
  });

  it("take blocks of 1 and nothing", () => {
    expect(runNode("DepthToSpace", [x], { blocksize: 1 })).toEqual([x]);
    expect(runNode("SpaceToDepth", [floats([0, 1, 2, 2], [])], { blocksize: 2 })).toEqual([
      floats([0, 4, 1, 1], []),
    ]);
  });

  it("refuse what does not fit", () => {
    expectRefused("DepthToSpace", [x], { blocksize: 3 }, "ERR_SHAPE", "8 channels in blocks of 3 x 3");
    expectRefused("DepthToSpace", [x], { blocksize: 0 }, "ERR_FORMAT", "blocksize is 0");
    expectRefused("DepthToSpace", [x], { blocksize: 2, mode: "RCD" }, "ERR_FORMAT", "mode is RCD");
    expectRefused("SpaceToDepth", [x], { blocksize: 2 }, "ERR_SHAPE", "[3, 2] in blocks");
    expectRefused("SpaceToDepth", [floats([4], [1, 2, 3, 4])], { blocksize: 2 }, "ERR_SHAPE", "[N, C, H, W]");
  });
});
