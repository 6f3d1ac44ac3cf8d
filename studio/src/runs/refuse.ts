import { plain } from "../ui/plain.ts";
import { whole } from "../ui/words.ts";
import { FILE_KINDS, type FileKind, fileKind, START, utf16Of } from "./file-kind.ts";
import { OpenError } from "./link.ts";

// Says what a file is that is not a model of the studio. Each kind of file has its own sentence, and a way to go on.

/** Largest file that is read, so that a film that is dropped by mistake does not fill the memory. */
export const MOST_BYTES = 256 * 2 ** 20;

/** Bytes at the start and at the end of a file in which its kind is looked for. */
const LOOK = 2 ** 16;

/** Longest header that a model file can have, in bytes. */
const MOST_HEADER = 100_000_000;

/** @throws OpenError if a file cannot be a model, by its size */
export function refuseBySize({ name, size }: Pick<File, "name" | "size">): void {
  if (size === 0) {
    throw new OpenError(
      "The file is empty",
      `${name} has no bytes. It may not have been saved or downloaded to its end: do that again.`,
    );
  }
  if (size > MOST_BYTES) {
    throw new OpenError(
      "The file is too large",
      `${name} has more than 256 MB, too many for a page. The programs of unrolled open it: npx unrolled info FILE.`,
    );
  }
}

/** @throws OpenError if the bytes are not a model file of unrolled, with what they are instead */
export function refuseOthers(bytes: Uint8Array, name: string): void {
  if (isOurs(bytes, name)) return;
  const kind = fileKind(bytes, name);
  const format = foreignFormat(bytes, name, kind);
  if (format) {
    throw new OpenError(
      `This is a model of ${format}`,
      `The studio opens model files of unrolled alone. “npx unrolled convert ${name} --out model.safetensors” makes one of it if its layers are an embedding, recurrent layers and linear layers; “npx unrolled convert --help” says how its symbols and labels are added.`,
    );
  }
  if (kind === "zip") {
    throw new OpenError("This is an archive", `Unpack ${name}, and open the model file in it.`);
  }
  if (!kind && isText(bytes)) {
    throw new OpenError(
      "This is a text, not a model",
      `To train on ${name}, choose a task on the page Tasks, and there “Your own data”.`,
    );
  }
  throw new OpenError(
    "This is not a model",
    `${name} is ${kind ? FILE_KINDS[kind] : "no file that the studio knows"}. Models of the studio end in .safetensors: “Save the model” on the page of a run makes them.`,
  );
}

/** Says what the library's reader found in a file of unrolled that it refused. */
export function refusal(name: string, message: string): OpenError {
  const task = /task is "?([^",]+)/.exec(message)?.[1];
  const newer = "Open the newest studio: reload this page while you are online.";
  if (task) {
    return new OpenError(
      "This model has an unknown task",
      `${name} is a model for the task “${task}”, which this version of the studio does not have. ${newer}`,
    );
  }
  if (/unknown field|\bis "[^"]*", expected/.test(message)) {
    return new OpenError(
      "This model is of another version",
      `${name} says things that this version of the studio does not know, so a newer one has probably made it. ${newer} (${plain(message).slice(0, 120)})`,
    );
  }
  return new OpenError(
    "This model is damaged",
    `Parts of ${name} are missing or do not fit together. Save, download or copy it again. (${plain(message).slice(0, 120)})`,
  );
}

/** Returns whether a file is one of unrolled, whose models the library's reader checks. @throws OpenError if it is no whole model */
function isOurs(bytes: Uint8Array, name: string): boolean {
  if (bytes.length < 9 || bytes[8] !== 0x7b) return false;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MOST_HEADER) return false;
  const cut = (all?: number) =>
    new OpenError(
      "The file is not whole",
      `${whole(bytes.length)} ${all ? `of the ${whole(all)} ` : ""}bytes of ${name} are here${all ? "" : ", and not even its header is complete"}. Download or copy it again.`,
    );
  if (8 + length > bytes.length) throw cut();
  let header: Readonly<Record<string, { readonly data_offsets?: readonly number[] } | undefined>>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw refusal(name, "its header cannot be read");
  }
  const { __metadata__: metadata, ...tensors } = header;
  const { format, checkpoint } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (format !== "unrolled") return false;
  const end =
    8 + length + Math.max(0, ...Object.values(tensors).map((tensor) => tensor?.data_offsets?.[1] ?? 0));
  if (end > bytes.length) throw cut(end);
  if (checkpoint) {
    throw new OpenError(
      "This is a checkpoint, not a model",
      `${name} is the state of a stopped training. “npx unrolled train --resume” continues it, with its data, and writes a model.`,
    );
  }
  return true;
}

/** Returns the framework whose model a file is; undefined if it is none. */
function foreignFormat(bytes: Uint8Array, name: string, kind: FileKind | undefined): string | undefined {
  const ending = name.toLowerCase().split(".").pop()!;
  const inside = (word: string) => ends(bytes).includes(word);
  if (kind === "hdf5") return "Keras";
  if (kind === "zip") {
    if (ending === "keras" || inside("model.weights.h5")) return "Keras";
    return inside("data.pkl") ? "PyTorch" : undefined;
  }
  if (kind === "pickle" || kind === "safetensors") return "PyTorch";
  // Protobuf: field 1 is a small number, the version; field 2 is the name of the program.
  if (ending === "onnx" || (bytes[0] === 8 && bytes[1]! < 32 && bytes[2] === 0x12)) return "ONNX";
  return /"(modelTopology|weightsManifest)"/.test(ends(bytes)) ? "TensorFlow.js" : undefined;
}

/** The start and the end of a file, a character for each byte. */
const ends = (bytes: Uint8Array) =>
  new TextDecoder("latin1").decode(bytes.subarray(0, LOOK)) +
  new TextDecoder("latin1").decode(bytes.subarray(-LOOK));

/** Returns whether a file is text: UTF-8 without control characters, or UTF-16, by its first bytes. */
function isText(bytes: Uint8Array): boolean {
  if (utf16Of(bytes.subarray(0, START))) return true;
  const text = new TextDecoder().decode(bytes.subarray(0, LOOK));
  const strange = [...text].filter(
    (letter) => letter === "\ufffd" || (letter < " " && !"\t\n\r\f".includes(letter)),
  );
  return strange.length * 100 < text.length;
}
