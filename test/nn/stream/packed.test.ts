import { expect, it } from "vitest";
import { Packed, Stream } from "../../../src/nn/stream/packed.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";

class OneBlock extends Packed {
  readonly block = this.runtime.allocate(8);

  protected override free(): void {
    this.runtime.free(this.block);
  }
}

class Reader<P extends Packed | undefined> extends Stream<P> {
  readonly block = this.runtime.allocate(8);

  protected override free(): void {
    this.runtime.free(this.block);
  }
}

describeRuntimes("packed weights and streams", (rt) => {
  it("give their blocks back once", () => {
    const { used } = rt().memory;
    const packed = new OneBlock(rt());
    const stream = new Reader(rt(), packed);
    for (const owner of [stream, stream, packed, packed]) owner.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("say what was disposed, and what to do", () => {
    const packed = new OneBlock(rt());
    const [a, b] = [new Reader(rt(), packed), new Reader(rt(), packed)];
    a.assertUsable();
    a.dispose();
    expectError(() => a.assertUsable(), "ERR_DISPOSED", "the stream was disposed", "make another");
    b.assertUsable();
    packed.dispose();
    for (const owner of [packed, a, b])
      expectError(() => owner.assertUsable(), "ERR_DISPOSED", "the packed network was disposed");
    const before = rt().memory.used;
    expectError(() => new Reader(rt(), packed), "ERR_DISPOSED", "the packed network was disposed");
    expect(rt().memory.used).toBe(before);
  });

  it("do not need packed weights if all is the stream's own, but a runtime", () => {
    const stream = new Reader(rt(), undefined);
    stream.assertUsable();
    rt().dispose();
    expectError(() => stream.assertUsable(), "ERR_DISPOSED");
  });
});
