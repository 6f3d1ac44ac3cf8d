// Tells what a file is that is neither a text nor JSON, by how it begins.

/** Bytes at the start of a file from which its kind is told. */
export const START = 4096;

/** Kinds of files, in words. */
export const FILE_KINDS = {
  pdf: "a PDF",
  spreadsheet: "a spreadsheet",
  document: "a document of a word processor",
  zip: "a ZIP archive",
  packed: "a packed file",
  office: "a file of an old office program",
  picture: "a picture",
  sound: "a sound",
  film: "a film or a sound",
  safetensors: "a model, not data",
  pickle: "a file of Python (pickle)",
  hdf5: "a table in binary form (HDF5)",
  table: "a table in binary form",
} as const;

export type FileKind = keyof typeof FILE_KINDS;

/** How the kinds begin. Bytes are letters here, one for each, and those below 32 are dots. The name of the file follows. */
const BEGINS: readonly (readonly [begins: RegExp, kind: FileKind])[] = [
  [/^%PDF/, "pdf"],
  [/^PK.*(?:\bxl\/|oasis\.opendocument\.spreadsheet|\.xlsx$|\.ods$)/, "spreadsheet"],
  [/^PK.*(?:\bword\/|oasis\.opendocument\.text|\.docx$|\.odt$)/, "document"],
  [/^PK··/, "zip"],
  [/^(?:·\x8b·|BZh\d1AY|\xfd7zXZ|7z\xbc\xaf|\(\xb5\/\xfd|Rar!)/, "packed"],
  [/^\xd0\xcf·\xe0/, "office"],
  [/^(?:\x89PNG|\xff\xd8\xff|GIF8\da|RIFF.{4}WEBP|II\*·|MM·\*)/, "picture"],
  [/^(?:RIFF.{4}WAVE|ID3·|\xff[\xfb\xf3\xf2\xf1\xf9]|OggS·|fLaC·|FORM.{4}AIF)/, "sound"],
  [/^(?:···.ftyp|·E\xdf\xa3|RIFF.{4}AVI )/, "film"],
  [/^.{3}·····\{"/, "safetensors"],
  [/^\x80·/, "pickle"],
  [/^\x89HDF/, "hdf5"],
  [/^(?:PAR1|\x93NUMPY|SQLite format 3)/, "table"],
];

/** Returns the kind of a file; undefined if it may be a text. @param bytes the file, or its start */
export function fileKind(bytes: Uint8Array, name: string): FileKind | undefined {
  const letters = Array.from(bytes.subarray(0, START), (byte) =>
    byte < 32 ? "·" : String.fromCharCode(byte),
  );
  const start = `${letters.join("")} ${name.toLowerCase()}`;
  return BEGINS.find(([begins]) => begins.test(start))?.[1];
}

/** Returns the encoding of a text in UTF-16, by the mark at its beginning or since every other byte is 0. @param bytes its start */
export function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const zeros = [0, 0];
  for (const [i, byte] of bytes.entries()) if (byte === 0) zeros[i % 2]!++;
  const many = bytes.length / 4;
  if (zeros[1]! > many && zeros[0] === 0) return "utf-16le";
  return zeros[0]! > many && zeros[1] === 0 ? "utf-16be" : undefined;
}
