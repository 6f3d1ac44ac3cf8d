import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkedKind, checkKind, HEAD, INPUT } from "../../src/cli/file-kinds.ts";
import { all, expectError } from "../runtimes.ts";
import { finish, newFolder, SMALL, start, unrolled } from "./cli.ts";

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const TABLE = "text,label\nwarm soup,food\nfast train,travel\n".repeat(8);

/** Encodes a text with a number of bytes for each character. */
function wide(text: string, size: 2 | 4, little: boolean, mark = ""): Uint8Array {
  const bytes = [...(mark + text)].flatMap((letter) => {
    const code = letter.codePointAt(0)!;
    const low = [code & 255, code >> 8, 0, 0].slice(0, size);
    return little ? low : low.reverse();
  });
  return Uint8Array.from(bytes);
}

const KINDS: Readonly<Record<string, readonly [bytes: Uint8Array, ...said: string[]]>> = {
  gzip: [gzipSync(TABLE), "compressed by gzip", "gunzip < data.bin > FILE"],
  bzip2: [latin1("BZh91AY&SY\x12\x34"), "bzip2", "bunzip2 < data.bin > FILE"],
  xz: [latin1("\xfd7zXZ\0\0\x04"), "xz", "unxz < data.bin > FILE"],
  Zstandard: [latin1("\x28\xb5\x2f\xfd\x04"), "Zstandard", "unzstd"],
  zip: [latin1(`PK\x03\x04${"\0".repeat(22)}\x08\0\0\0data.csv`), "a zip archive", "unzip data.bin"],
  xlsx: [latin1(`PK\x03\x04${"\0".repeat(22)}\x13\0\0\0[Content_Types].xml`), "Office", "CSV"],
  ods: [latin1(`PK\x03\x04${"\0".repeat(22)}\x08\0\0\0mimetypeapplication`), "OpenDocument", "CSV"],
  xls: [latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "old Office", "CSV"],
  tar: [latin1(`${"data.csv".padEnd(257, "\0")}ustar\0`), "an archive"],
  PDF: [latin1("%PDF-1.7\n%\xe2\xe3"), "a PDF", "pdftotext data.bin"],
  SQLite: [latin1("SQLite format 3\0\x10\0"), "SQLite", "sqlite3 -header -csv data.bin"],
  Parquet: [latin1("PAR1\x15\x04\x15"), "Parquet", "to_csv"],
  Arrow: [latin1("ARROW1\0\0"), "Arrow", "to_csv"],
  NumPy: [
    latin1("\x93NUMPY\x01\0"),
    "NumPy",
    'numpy.savetxt("FILE.csv", numpy.load("data.bin"), delimiter=",")',
  ],
  "a model": [latin1('\x40\0\0\0\0\0\0\0{"a":{}}'), "a model"],
  PNG: [latin1("\x89PNG\r\n\x1a\n"), "a picture"],
  JPEG: [latin1("\xff\xd8\xff\xe0\0\x10JFIF"), "a picture"],
  GIF: [latin1("GIF89a\x01\0"), "a picture"],
  sound: [latin1("RIFF\x24\0\0\0WAVEfmt "), "sound"],
  "Git LFS": [
    latin1("version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n"),
    "Git LFS",
    "git lfs pull",
  ],
  "a web page": [latin1(`\n<!DOCTYPE html>\n<html><title>404</title>`), "a web page", "download"],
  "a web page after a comment": [latin1(`<!-- a -->\n<HTML lang="en">`), "a web page"],
  "UTF-16 with a mark": [
    wide(TABLE, 2, true, "\ufeff"),
    "UTF-16;",
    "iconv -f utf-16 -t utf-8 data.bin > FILE",
  ],
  "UTF-16 with the other mark": [wide(TABLE, 2, false, "\ufeff"), "UTF-16;"],
  "UTF-16LE": [wide(TABLE, 2, true), "UTF-16LE", "iconv -f utf-16le -t utf-8 data.bin > FILE"],
  "UTF-16BE": [wide(TABLE, 2, false), "UTF-16BE"],
  "UTF-32 with a mark": [wide(TABLE, 4, true, "\ufeff"), "UTF-32;"],
  "UTF-32LE": [wide(TABLE, 4, true), "UTF-32LE"],
  "UTF-32BE": [wide(TABLE, 4, false), "UTF-32BE"],
};

describe("a file that is no text", () => {
  it.each(Object.entries(KINDS))("%s is refused by what it is, with advice", (_, [bytes, ...said]) => {
    expectError(() => checkKind("data.bin", bytes.subarray(0, HEAD)), "ERR_DATA", "data.bin is not", ...said);
  });

  it.each([
    TABLE,
    "ID3,PAR1\n1,2\n",
    "PK,BM\n1,2\n",
    "GIF8 is no picture\n",
    "<p>a text with tags</p>\n",
    "a\0b".padEnd(100, "x"),
    "",
    "1",
    "日本語のテキスト\n",
    '{"text":"<html>"}\n',
  ])("%j is a text", (text) => {
    checkKind("data.bin", new TextEncoder().encode(text));
  });

  it("its name is quoted in commands, and standard input has none", () => {
    const [gzip] = KINDS.gzip!;
    expectError(() => checkKind("my data.txt", gzip), "ERR_DATA", "gunzip < 'my data.txt' > FILE");
    expectError(() => checkKind(INPUT, gzip), "ERR_DATA", "standard input is not", "gunzip < INPUT > FILE");
  });

  it("a web page is read if its name says so", () => {
    const page = latin1("<!DOCTYPE html><html>");
    checkKind("page.html", page);
    expectError(() => checkKind("page.csv", page), "ERR_DATA", "a web page");
  });

  it("is found however its bytes are cut, and texts pass unchanged", async () => {
    async function* cut(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
    }
    await expect(all(checkedKind(cut(KINDS.gzip![0]), "x"))).rejects.toThrow("gunzip < x > FILE");
    const long = latin1(TABLE.repeat(9));
    expect(Buffer.concat(await all(checkedKind(cut(long), "x"))).equals(long)).toBe(true);
    expect(Buffer.concat(await all(checkedKind(cut(long.subarray(0, 5)), "x"))).toString()).toBe("text,");
  });
});

it("every command that reads texts says it, also of standard input", async () => {
  const folder = newFolder({
    "a.csv": TABLE,
    "a.csv.gz": gzipSync(TABLE),
    "latin.csv": latin1("caf\xe9,food\n"),
  });
  const out = ["--out", "m.safetensors"];
  expect(await unrolled(folder, "train", "--data", "a.csv", ...SMALL, ...out)).toMatchObject({ code: 0 });
  const refused = { code: 1, stderr: expect.stringContaining("compressed by gzip; gunzip") };
  for (const args of [
    ["train", "--data", "a.csv.gz", ...SMALL],
    ["train", "--data", "a.csv", "--validation", "a.csv.gz", ...SMALL],
    ["eval", "m.safetensors", "--data", "a.csv.gz"],
    ["predict", "m.safetensors", "--data", "a.csv.gz"],
  ]) {
    expect(await unrolled(folder, ...args)).toMatchObject(refused);
  }
  const child = start(folder, "eval", "m.safetensors", "--data", "-");
  child.stdin.on("error", () => {});
  child.stdin.end(gzipSync(TABLE));
  expect(await finish(child)).toMatchObject(refused);
  expect(await unrolled(folder, "eval", "m.safetensors", "--data", "latin.csv")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("iconv -f windows-1252 -t utf-8 latin.csv > FILE\n"),
  });
});
