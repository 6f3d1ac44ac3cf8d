import { whole } from "../ui/words.ts";

/** Largest file that is read. A table of 50 MB takes 1.5 GB of memory while it is read; a page may have 4. */
export const MOST_BYTES = 64 * 2 ** 20;

/** Number of bytes from which the kind of a file is told. */
const START = 4096;

/** A kind of file that is not a text: how it begins, what it is, and what to do with it. */
type Kind = readonly [begins: RegExp, what: string, advice: string];

const AS_TEXT = "open it, then save it as plain text, or copy its text and paste it here";
const AS_NUMBERS = "write it as lists of numbers in JSON lines, such as the loudness of some bands over time";
const UNPACK = "unpack it and choose a text file in it";

/** Bytes are letters here, one for each, and those below 32 are dots. The name of the file follows. */
const KINDS: readonly Kind[] = [
  [/^%PDF/, "a PDF", AS_TEXT],
  [
    /^PK.*(?:\bxl\/|oasis\.opendocument\.spreadsheet|\.xlsx$|\.ods$)/,
    "a spreadsheet",
    "save it as CSV in UTF-8",
  ],
  [/^PK.*(?:\bword\/|oasis\.opendocument\.text|\.docx$|\.odt$)/, "a document of a word processor", AS_TEXT],
  [/^PK··/, "a ZIP archive", UNPACK],
  [/^(?:·\x8b·|BZh\d1AY|\xfd7zXZ|7z\xbc\xaf|\(\xb5\/\xfd|Rar!)/, "a packed file", UNPACK],
  [/^\xd0\xcf·\xe0/, "a file of an old office program", "save it there as CSV or plain text, in UTF-8"],
  [/^(?:\x89PNG|\xff\xd8\xff|GIF8\da|RIFF.{4}WEBP|II\*·|MM·\*)/, "a picture", AS_NUMBERS],
  [/^(?:RIFF.{4}WAVE|ID3·|\xff[\xfb\xf3\xf2\xf1\xf9]|OggS·|fLaC·|FORM.{4}AIF)/, "a sound", AS_NUMBERS],
  [/^(?:···.ftyp|·E\xdf\xa3|RIFF.{4}AVI )/, "a film or a sound", AS_NUMBERS],
  [
    /^.{3}·····\{"/,
    "a model, not data",
    "drop it on the page to open it, or choose “Open a model” under Runs",
  ],
  [/^(?:PAR1|\x93NUMPY|\x89HDF|SQLite format 3)/, "a table in binary form", "save it as CSV in UTF-8"],
];

/** Returns a text file as UTF-8: itself, or a new one if it is in UTF-16. @throws Error with advice if it is not a text */
export async function textFile(file: File): Promise<File> {
  const { name, size } = file;
  if (!size) throw new Error(`${name} is empty. Choose another file.`);
  if (size > MOST_BYTES) {
    const mega = (bytes: number) => `${whole(bytes / 2 ** 20)} MB`;
    const advice = "Choose a part of it, or train on all of it with the command line.";
    throw new Error(`${name} has ${mega(size)}; a page can read ${mega(MOST_BYTES)}. ${advice}`);
  }
  const bytes = new Uint8Array(await file.slice(0, START).arrayBuffer());
  const encoding = utf16Of(bytes);
  if (encoding) return new File([await decoded(file, encoding)], name);
  const letters = Array.from(bytes, (byte) => (byte < 32 ? "·" : String.fromCharCode(byte)));
  const start = `${letters.join("")} ${name.toLowerCase()}`;
  const [, what, advice] = KINDS.find(([begins]) => begins.test(start)) ?? [];
  if (what) throw new Error(`${name} is ${what}; ${advice}.`);
  return file;
}

/** Returns the encoding of bytes in UTF-16, by the mark at their beginning or since every other byte is 0. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const zeros = [0, 0];
  for (const [i, byte] of bytes.entries()) if (byte === 0) zeros[i % 2]!++;
  const many = bytes.length / 4;
  if (zeros[1]! > many && zeros[0] === 0) return "utf-16le";
  return zeros[0]! > many && zeros[1] === 0 ? "utf-16be" : undefined;
}

async function decoded(file: File, encoding: string): Promise<string> {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error(
      `${file.name} looks like a text in UTF-16, but is damaged. Save it again in a text editor, with the encoding UTF-8.`,
    );
  }
}
