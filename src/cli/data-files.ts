import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { InvalidArgumentError } from "commander";
import { counted, listed, UnrolledError } from "../errors.ts";
import { reason } from "../storage/files.node.ts";
import { joinSources, type TextSource } from "../tasks/source.ts";
import { keptInput, noteOf, openInput, openText, samePlace } from "./files.ts";

// What `--data` and `--validation` name: files, folders, and "-" for standard input, each given any number of times.

/** The name of standard input in `--data -`. A file of this name is ./- */
export const STANDARD_INPUT = "-";

/** Collects the values of an option that may be given several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  if (value) return [...before, value];
  throw new InvalidArgumentError("It is empty, expected a file.");
}

/** Files that programs write next to texts: models, archives, pictures, sound, documents. In a folder, they are skipped. */
const NO_TEXT = new RegExp(
  `\\.(${[
    "safetensors|ckpt|pt|pth|h5|hdf5|onnx|npy|npz|pkl|pickle|parquet|arrow|feather|db|sqlite3?|bin|wasm|so|dll|exe|o|a|class|pyc",
    "gz|bz2|xz|zst|zip|7z|rar|tar|tgz|jar",
    "png|jpe?g|gif|bmp|tiff?|webp|ico|svg|pdf|ps|eps|docx?|xlsx?|pptx?|odt|ods|odp|epub|mobi",
    "wav|mp3|ogg|flac|m4a|aac|mid|midi|mp4|mkv|avi|mov|webm|ttf|otf|woff2?|tmp",
  ].join("|")})$`,
  "i",
);

/** Files about the data of a folder. They are skipped too; to learn from one, name it. */
const ABOUT = /^(?:readme|licen[cs]e|copying|notice|authors|citation|changelog)(?:[._-]\w+)*$/i;

interface Found {
  /** The names of the files, in the order in which they are read. */
  readonly files: readonly string[];
  /** What was read and skipped of each folder. */
  readonly notes: readonly (readonly [folder: string, text: string])[];
}

/**
 * Finds the files that are read. A folder means all texts in it and in its folders, by name. Hidden files, empty files, files
 * about the data (README, LICENSE) and files whose name says that they are no texts are skipped.
 *
 * @throws ERR_FILE if a folder cannot be read; ERR_DATA if a folder has no text
 */
async function findFiles(places: readonly string[]): Promise<Found> {
  const files: string[] = [];
  const notes: [string, string][] = [];
  for (const place of places) {
    if (!(await isFolder(place))) {
      files.push(place);
      continue;
    }
    const skipped: string[] = [];
    const texts = await textsIn(place, skipped);
    if (!texts.length) {
      const others = skipped.length ? `; there are ${listed(skipped, 3)}, which are no data` : "";
      throw new UnrolledError("ERR_DATA", `the folder ${place} has no texts${others}`);
    }
    const count = counted(texts.length, "file is read", "files are read");
    notes.push([place, count + (skipped.length ? `; skipped: ${listed(skipped, 3)}` : "")]);
    for (const text of texts) files.push(text);
  }
  return { files, notes };
}

const isFolder = async (place: string) =>
  place !== STANDARD_INPUT && (await stat(place).catch(() => undefined))?.isDirectory() === true;

/** Returns the texts in a folder and in its folders, in code unit order. Links to folders are not followed, since they may go round. */
async function textsIn(folder: string, skipped: string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const file = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) for (const text of await textsIn(file, skipped)) texts.push(text);
    else if (await isText(file)) texts.push(file);
    else skipped.push(file);
  }
  return texts;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot read the folder ${folder}: ${reason(cause)}`, { cause });
  }
}

async function isText(file: string): Promise<boolean> {
  if (NO_TEXT.test(file) || ABOUT.test(basename(file))) return false;
  const found = await stat(file).catch(() => undefined); // a link may lead nowhere
  return found?.isFile() === true && found.size > 0;
}

/**
 * Opens the files of `--data` or `--validation` as one source.
 *
 * @param places names of files and folders, or "-" for standard input
 * @param quiet whether no note says what is read of a folder
 * @throws ERR_FILE, ERR_DATA if a folder cannot be read or has no text; ERR_VALUE if standard input is read a second time
 */
export async function openData(places: readonly string[], quiet?: boolean): Promise<TextSource> {
  const { files, notes } = await findFiles(places);
  for (const [folder, text] of notes) noteOf([folder], quiet)?.(text);
  return joinSources(files.map((file) => (file === STANDARD_INPUT ? openInput() : openText(file))));
}

/** Checks that standard input is not given twice. @throws ERR_VALUE if it is */
export function checkInput(...places: readonly (readonly string[] | undefined)[]): void {
  const given = places.flatMap((some) => some ?? []).filter((place) => place === STANDARD_INPUT);
  if (given.length > 1) {
    throw new UnrolledError("ERR_VALUE", "standard input can be read once, but - is given several times");
  }
}

/** Keeps standard input in memory if it is among the data, for commands that read their data several times. */
export async function keepInput(...places: readonly (readonly string[] | undefined)[]): Promise<void> {
  if (places.some((some) => some?.includes(STANDARD_INPUT))) await keptInput();
}

/**
 * Checks that a file to be written is not one of the data, and would not become one of them later.
 *
 * @param option the option that names the file, for the error
 * @throws ERR_VALUE if the file is read, or lies in a folder of texts and would be read by a later run
 */
export async function checkNotData(
  option: string,
  file: string,
  ...places: readonly (readonly string[] | undefined)[]
): Promise<void> {
  for (const place of places.flatMap((some) => some ?? [])) {
    if (place === STANDARD_INPUT) continue;
    const { files } = await findFiles([place]);
    const read = files.find((one) => samePlace(one, file));
    if (read !== undefined) {
      throw new UnrolledError("ERR_VALUE", `${option} ${file} would overwrite ${read}; give another file`);
    }
    if (!NO_TEXT.test(file) && (await isFolder(place)) && (await isInside(file, place))) {
      const problem = `${option} ${file} is inside the folder ${place}, so that a later run would read it as data`;
      throw new UnrolledError("ERR_VALUE", `${problem}; give a file in another folder`);
    }
  }
}

async function isInside(file: string, folder: string): Promise<boolean> {
  const home = await realpath(dirname(resolve(file))).catch(() => dirname(resolve(file)));
  const whole = await realpath(folder);
  return home === whole || home.startsWith(whole.endsWith(sep) ? whole : whole + sep);
}
