import { FILE_KINDS, type FileKind, fileKind, START, utf16Of } from "../runs/file-kind.ts";
import { whole } from "../ui/words.ts";

/** Largest file that is read. A table of 50 MB takes 1.5 GB of memory while it is read; a page may have 4. */
export const MOST_BYTES = 64 * 2 ** 20;

/** What a page says of a text that `textFile` had to read in another encoding. */
export const WAS_UTF16 =
  "The file is in UTF-16, another way to store text than the usual UTF-8. All of its characters were read rightly.";

const AS_TEXT = "open it, then save it as plain text, or copy its text and paste it here";
const AS_NUMBERS = "write it as lists of numbers in JSON lines, such as the loudness of some bands over time";
const AS_CSV = "save it as CSV in UTF-8";
const UNPACK = "unpack it and choose a text file in it";

/** How to make data of a file. */
const ADVICE: Readonly<Record<FileKind, string>> = {
  pdf: AS_TEXT,
  spreadsheet: AS_CSV,
  document: AS_TEXT,
  zip: UNPACK,
  packed: UNPACK,
  office: "save it there as CSV or plain text, in UTF-8",
  picture: AS_NUMBERS,
  sound: AS_NUMBERS,
  film: AS_NUMBERS,
  safetensors: "drop it on the page to open it, or choose “Open a model” under Your runs",
  pickle: AS_CSV,
  hdf5: AS_CSV,
  table: AS_CSV,
};

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
  const kind = fileKind(bytes, name);
  if (kind) throw new Error(`${name} is ${FILE_KINDS[kind]}; ${ADVICE[kind]}.`);
  return file;
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
