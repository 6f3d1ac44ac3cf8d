// biome-ignore-all lint/suspicious/noControlCharactersInRegex: files of other kinds begin with such bytes
import { UnrolledError } from "../errors.ts";
import { quoted } from "./shell.ts";

/** The name of standard input in messages. */
export const INPUT = "standard input";

/** What a file that is no text seems to be, and what to do. `NAME` stands for its name, `FILE` for a new one. */
type Kind = readonly [what: string, todo: string];

const TABLE = "save its table or text as a plain text, such as CSV in UTF-8";
const DOWNLOAD = "download the data itself";

/** How files of a kind begin, as Latin-1. Sources: the formats' specifications, and file(1). */
const BEGINNINGS: readonly (readonly [RegExp, ...Kind])[] = [
  [/^\x1f\x8b/, "compressed by gzip", "gunzip < NAME > FILE"],
  [/^BZh[1-9]1AY&SY/, "compressed by bzip2", "bunzip2 < NAME > FILE"],
  [/^\xfd7zXZ\0/, "compressed by xz", "unxz < NAME > FILE"],
  [/^\x28\xb5\x2f\xfd/, "compressed by Zstandard", "unzstd < NAME > FILE"],
  [/^PK\x03\x04[\s\S]*(?:\[Content_Types\]|_rels\/|word\/|xl\/)/, "an Office document (.xlsx, .docx)", TABLE],
  [/^PK\x03\x04[\s\S]{26}mimetype/, "an OpenDocument or e-book (.ods, .odt, .epub)", TABLE],
  [/^PK\x03\x04/, "a zip archive", "unzip NAME"],
  [/^\xd0\xcf\x11\xe0/, "an old Office document (.xls, .doc)", TABLE],
  [/^7z\xbc\xaf|^Rar!\x1a\x07|^[\s\S]{257}ustar[\0 ]/, "an archive", "unpack it"],
  [/^%PDF-/, "a PDF", "pdftotext NAME"],
  [/^\{\\rtf/, "a rich text (.rtf)", TABLE],
  [
    /^SQLite format 3\0/,
    "an SQLite database",
    "export a table: sqlite3 -header -csv NAME 'select * from ...'",
  ],
  [/^PAR1[\0-\x1f]/, "a Parquet table", "write it as CSV, as with pandas: read_parquet(...).to_csv(...)"],
  [/^(?:ARROW1|FEA1)\0/, "an Arrow table", "write it as CSV, as with pandas: read_feather(...).to_csv(...)"],
  [
    /^\x93NUMPY/,
    "an array of NumPy",
    `write it as text, in Python: numpy.savetxt("FILE.csv", numpy.load(NAME), delimiter=","); then, if it has several columns, --no-header`,
  ],
  [/^\x89HDF/, "an HDF5 file", "write its data as CSV"],
  [/^[\s\S]{4}\0{4}\{"/, "a model (.safetensors)", "give the data"],
  [
    /^(?:\x89PNG|\xff\xd8\xff|GIF8[79]a|BM[\s\S]{4}\0{4}|II\*\0|MM\0\*|RIFF[\s\S]{4}WEBP)/,
    "a picture",
    "give a text",
  ],
  [/^(?:RIFF[\s\S]{4}WAVE|OggS\0|fLaC\0|ID3[\x02-\x04]\0|MThd\0)/, "sound or music", "give a text"],
  [
    /^version https:\/\/git-lfs\.github\.com\/spec/,
    "a pointer of Git LFS in place of the data",
    "git lfs pull",
  ],
  [/^(?:\xff\xfe\0\0|\0\0\xfe\xff)/, "a text in UTF-32", "iconv -f utf-32 -t utf-8 NAME > FILE"],
  [/^(?:\xff\xfe|\xfe\xff)/, "a text in UTF-16", "iconv -f utf-16 -t utf-8 NAME > FILE"],
];

/** A web page. Its file may be meant if its name says so. */
const PAGE = /^(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype html|html|head)\b/i;
const PAGE_NAME = /\.x?html?$/i;

/** Number of bytes at the beginning of a file that tell its kind. */
export const HEAD = 512;

/** Share of zero bytes at the places `place`, `place` + `step`, ... */
function zeros(head: Uint8Array, place: number, step: number): number {
  const bytes = head.filter((_, i) => i % step === place);
  return bytes.filter((byte) => byte === 0).length / Math.max(bytes.length, 1);
}

/** Finds texts in UTF-16 and UTF-32 without a byte order mark by the places of zero bytes. */
function encodingOf(head: Uint8Array): Kind | undefined {
  if (head.length < 8) return undefined;
  const mostly = (place: number, step: number) => zeros(head, place, step) > 0.7;
  const rarely = (place: number, step: number) => zeros(head, place, step) < 0.1;
  const name =
    mostly(2, 4) && mostly(3, 4) && rarely(0, 4)
      ? "utf-32le"
      : mostly(0, 4) && mostly(1, 4) && rarely(3, 4)
        ? "utf-32be"
        : mostly(1, 2) && rarely(0, 2)
          ? "utf-16le"
          : mostly(0, 2) && rarely(1, 2)
            ? "utf-16be"
            : undefined;
  return name && [`a text in ${name.toUpperCase()}`, `iconv -f ${name} -t utf-8 NAME > FILE`];
}

function kindOf(name: string, head: Uint8Array): Kind | undefined {
  const text = String.fromCharCode(...head);
  const found = BEGINNINGS.find(([beginning]) => beginning.test(text));
  if (found) return [found[1], found[2]];
  if (PAGE.test(text) && !PAGE_NAME.test(name)) {
    return ["a web page", `${DOWNLOAD}; to learn from the page, name it NAME.html`];
  }
  return encodingOf(head);
}

/**
 * Refuses a file that is no text in UTF-8, as far as its beginning tells it.
 *
 * @param name name of the file in the error
 * @param head the first bytes, `HEAD` if the file has so many
 * @throws ERR_DATA that says what the file seems to be, and what to do
 */
export function checkKind(name: string, head: Uint8Array): void {
  const kind = kindOf(name, head);
  if (!kind) return;
  const [what, todo] = kind;
  const named = name === INPUT ? "INPUT" : quoted(name);
  const advice = todo.replace("NAME", () => (/numpy/.test(todo) ? JSON.stringify(name) : named));
  throw new UnrolledError("ERR_DATA", `${name} is not a text in UTF-8: it seems to be ${what}; ${advice}`);
}

/**
 * Passes on the bytes of a file, after a check of its beginning.
 *
 * @throws the errors of `checkKind`
 */
export async function* checkedKind(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array[] | undefined = [];
  let length = 0;
  const check = (read: readonly Uint8Array[]) =>
    checkKind(name, new Uint8Array(Buffer.concat(read).subarray(0, HEAD)));
  for await (const piece of pieces) {
    if (!head) {
      yield piece;
      continue;
    }
    head.push(piece);
    length += piece.length;
    if (length < HEAD) continue;
    check(head);
    yield* head;
    head = undefined;
  }
  if (!head) return;
  check(head);
  yield* head;
}
