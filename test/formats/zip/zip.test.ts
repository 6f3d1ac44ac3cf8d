import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget } from "../../../src/formats/byte-reader.ts";
import { inflate } from "../../../src/formats/inflate.ts";
import { crc32, openZip } from "../../../src/formats/zip/zip.ts";
import { damaged, readsOrRefuses, refusal } from "../files.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Writes little-endian numbers: [value, bytes]. */
const packed = (...fields: readonly (readonly [number, number])[]) =>
  Buffer.concat(
    fields.map(([value, size]) => Buffer.from(new BigUint64Array([BigInt(value)]).buffer).subarray(0, size)),
  );

interface Part {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  readonly wide?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly sum?: number;
}

/** Writes an archive. `wide` uses sizes of 64 bits, as torch.save does for large files. */
function archive(parts: readonly Part[], { wide = false, comment = "" } = {}): Uint8Array {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const { name, data, deflate = false, method = deflate ? 8 : 0, flags = 0, ...part } of parts) {
    const body = deflate ? deflateRawSync(data) : Buffer.from(data);
    const size = part.size ?? data.length;
    const sum = part.sum ?? crc32(data);
    const label = utf8(name);
    const head = [
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 4],
      [sum, 4],
    ] as const;
    const extra = part.wide
      ? packed([1, 2], [24, 2], [size, 8], [body.length, 8], [at, 8])
      : packed([0xcafe, 2], [2, 2], [0, 2]);
    const sizes = part.wide ? [0xffffffff, 0xffffffff, 0xffffffff] : [body.length, size, at];
    entries.push(
      packed(
        [0x02014b50, 4],
        [20, 2],
        ...head,
        [sizes[0]!, 4],
        [sizes[1]!, 4],
        [label.length, 2],
        [extra.length, 2],
      ),
      packed([0, 2], [0, 2], [0, 2], [0, 4], [sizes[2]!, 4]),
      Buffer.from(label),
      extra,
    );
    const local = packed([0x04034b50, 4], ...head, [body.length, 4], [size, 4], [label.length, 2], [3, 2]);
    bodies.push(local, Buffer.from(label), Buffer.from("pad"), body);
    at += local.length + label.length + 3 + body.length;
  }
  const directory = Buffer.concat(entries);
  const count = parts.length;
  const end64 = wide
    ? Buffer.concat([
        packed(
          [0x06064b50, 4],
          [44, 8],
          [45, 2],
          [45, 2],
          [0, 8],
          [count, 8],
          [count, 8],
          [directory.length, 8],
          [at, 8],
        ),
        packed([0x07064b50, 4], [0, 4], [at + directory.length, 8], [1, 4]),
      ])
    : Buffer.alloc(0);
  const said = wide ? [0xffff, 0xffffffff, 0xffffffff] : [count, directory.length, at];
  const end = packed(
    [0x06054b50, 4],
    [0, 4],
    [said[0]!, 2],
    [said[0]!, 2],
    [said[1]!, 4],
    [said[2]!, 4],
    [comment.length, 2],
  );
  return new Uint8Array(Buffer.concat([...bodies, directory, end64, end, Buffer.from(comment)]));
}

const open = (bytes: Uint8Array) => openZip(bytes, new Budget(bytes.length), inflate);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("a zip archive", () => {
  it.each([false, true])("is read, stored or deflated, wide: %s", (wide) => {
    const parts = [
      { name: "a/b.txt", data: utf8("hello"), wide },
      { name: "c", data: utf8("c".repeat(5000)), deflate: true, wide },
      { name: "empty", data: new Uint8Array(0), wide },
    ];
    for (const comment of ["", "a comment with PK\x05\x06 in it and more"]) {
      const entries = open(archive(parts, { wide, comment }));
      expect([...entries.keys()]).toEqual(["a/b.txt", "c", "empty"]);
      for (const { name, data } of parts) expect(text(entries.get(name)!.read())).toBe(text(data));
    }
  });

  it("may have any names, which lead nowhere", () => {
    const names = ["../../etc/passwd", "/root", "C:\\x", "__proto__"];
    const entries = open(archive(names.map((name) => ({ name, data: utf8(name) }))));
    expect([...entries.keys()]).toEqual(names);
    expect(text(entries.get("__proto__")!.read())).toBe("__proto__");
    expect(entries.get("etc/passwd")).toBeUndefined();
  });

  it.each([
    [
      "twice the same name",
      [
        { name: "a", data: utf8("1") },
        { name: "a", data: utf8("2") },
      ],
      "occurs twice",
    ],
    ["a password", [{ name: "a", data: utf8("1"), flags: 1 }], "encrypted"],
    [
      "another compression",
      [{ name: "a", data: utf8("1"), method: 93 }],
      "compressed in a way that is not supported",
    ],
    ["a wrong checksum", [{ name: "a", data: utf8("1"), sum: 5 }], '"a" is damaged'],
    ["a wrong size", [{ name: "a", data: utf8("123"), size: 2 }], "damaged"],
    [
      "a larger size than its data",
      [{ name: "a", data: utf8("123"), deflate: true, size: 4 }],
      "another size",
    ],
    [
      "a smaller size than its data",
      [{ name: "a", data: utf8("123"), deflate: true, size: 2 }],
      "another size",
    ],
  ])("with %s is refused", (_, parts, expected) => {
    const bytes = archive(parts);
    expect(refusal(() => open(bytes).get("a")!.read())).toContain(expected);
  });

  it("that grows a thousand times is refused before memory is taken", () => {
    const data = new Uint8Array(40 << 20);
    const bytes = archive([{ name: "a", data, deflate: true }]);
    const entry = open(bytes).get("a")!;
    expect(bytes.length).toBeLessThan(50_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(refusal(() => entry.read())).toContain("more memory than fits its size");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it("that says a smaller size than it grows to is refused there", () => {
    const bytes = archive([{ name: "a", data: new Uint8Array(40 << 20), deflate: true, size: 1000 }]);
    expect(refusal(() => open(bytes).get("a")!.read())).toContain("another size");
  });

  it("is read or refused if it is damaged", () => {
    const bytes = archive([
      { name: "one", data: utf8("abcabcabcabcabcabc"), deflate: true },
      { name: "two", data: utf8("two"), wide: true },
    ]);
    fc.assert(
      fc.property(damaged(bytes), (changed) =>
        readsOrRefuses(() => [...open(changed).values()].map((entry) => entry.read())),
      ),
      { numRuns: 500 },
    );
  });
});

describe("inflate", () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 3000, size: "max" }),
    fc
      .array(fc.constantFrom("ab", "abc", "xyz-", "\0\0\0\0"), { maxLength: 2000, size: "max" })
      .map((words) => utf8(words.join(""))),
    fc.tuple(fc.nat(255), fc.nat(100_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
  );

  it("undoes deflate of every level and strategy", () => {
    fc.assert(
      fc.property(data, fc.nat(9), fc.nat(4), (bytes, level, strategy) => {
        const small = deflateRawSync(bytes, { level, strategy });
        const [output, used] = inflate(small, bytes.length, "test");
        expect(Buffer.from(output).equals(Buffer.from(bytes))).toBe(true);
        expect(used).toBe(small.length);
      }),
    );
  });

  it("refuses what is cut off, and other sizes", () => {
    fc.assert(
      fc.property(data, fc.nat(), (bytes, cut) => {
        const small = deflateRawSync(bytes);
        refusal(() => inflate(small.subarray(0, cut % small.length), bytes.length, "test"));
        refusal(() => inflate(small, bytes.length + 1, "test"));
        if (bytes.length) refusal(() => inflate(small, bytes.length - 1, "test"));
      }),
      { numRuns: 50 },
    );
  });

  it("never hangs on other bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(5000), (bytes, size) =>
        readsOrRefuses(() => inflate(bytes, size, "test")),
      ),
      { numRuns: 1000 },
    );
  });
});
