import { expect, it } from "vitest";
import { MOST_BYTES, textFile } from "../../../studio/src/desk/text-file.ts";

const fileOf = (bytes: string | Uint8Array<ArrayBuffer>, name = "own.txt") => new File([bytes], name);

/** Bytes that are written as letters. */
const raw = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function utf16(text: string, { mark = true, big = false } = {}): Uint8Array<ArrayBuffer> {
  const units = [...(mark ? [0xfeff] : []), ...Array.from(text, (_, i) => text.charCodeAt(i))];
  return Uint8Array.from(units.flatMap((unit) => (big ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])));
}

it("leaves a text as it is", async () => {
  for (const text of ["a", "naïve\ttext\n", "{}", "\ufeffwith a mark", "日本語"]) {
    const file = fileOf(text);
    expect(await textFile(file)).toBe(file);
  }
});

it("reads UTF-16 with and without a mark, in both orders", async () => {
  const text = "Zürich,12\nGenève,15\n日本語 and more\n";
  for (const options of [{}, { big: true }]) {
    expect(await (await textFile(fileOf(utf16(text, options)))).text()).toBe(text);
  }
  const latin = "plain\twords\n".repeat(9);
  for (const big of [false, true]) {
    const file = await textFile(fileOf(utf16(latin, { mark: false, big }), "own.csv"));
    expect([await file.text(), file.name]).toEqual([latin, "own.csv"]);
  }
  await expect(textFile(fileOf(utf16("ab\ud800")))).rejects.toThrow("damaged");
});

const header = JSON.stringify({ "rnn.weight": { dtype: "F32", shape: [1], data_offsets: [0, 4] } });

it.each([
  ["", "is empty"],
  ["%PDF-1.7 ...", "is a PDF; open it, then save it as plain text"],
  ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture"],
  ["\xff\xd8\xff\xe0\0\x10JFIF", "is a picture"],
  ["PK\x03\x04\x14\0\x06\0xl/workbook.xml", "is a spreadsheet; save it as CSV in UTF-8"],
  ["PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.text", "is a document"],
  ["PK\x03\x04\x14\0\0\0notes.txt", "is a ZIP archive; unpack it"],
  ["\x1f\x8b\x08\0", "is a packed file; unpack it"],
  ["RIFF\x24\0\0\0WAVEfmt ", "is a sound; write it as lists of numbers"],
  ["ID3\x04\0", "is a sound"],
  ["\0\0\0\x20ftypM4A ", "is a film or a sound"],
  [`${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}\0\0\0\0`, "is a model, not data; drop it"],
  ["PAR1\x15\x04", "is a table in binary form; save it as CSV"],
])("says what %j is and what to do", async (bytes, words) => {
  await expect(textFile(fileOf(raw(bytes), "own.bin"))).rejects.toThrow(`own.bin ${words}`);
});

it("knows a spreadsheet by its name too", async () => {
  await expect(textFile(fileOf("PK\x03\x04\x14\0", "Own.XLSX"))).rejects.toThrow("is a spreadsheet");
});

it("refuses a file that is too large for a page", async () => {
  const file = fileOf("a");
  Object.defineProperty(file, "size", { value: MOST_BYTES + 1 });
  await expect(textFile(file)).rejects.toThrow("has 64 MB; a page can read 64 MB");
});
