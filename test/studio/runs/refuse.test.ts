import { expect, test } from "vitest";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  loadModel,
  parseSafetensors,
  serializeModel,
  serializeSafetensors,
  textVocabulary,
} from "../../../src/index.ts";
import { packed, unpacked } from "../../../studio/src/runs/link.ts";
import { refusal, refuseBySize, refuseOthers } from "../../../studio/src/runs/refuse.ts";
import { failure } from "../../../studio/src/ui/words.ts";

const rt = await createRuntime();
const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
const model = serializeModel(new LanguageModel(rt, spec, textVocabulary("abc", spec)));
const { tensors, metadata } = parseSafetensors(model);
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Returns what the page says of a file: title and text. */
function said(bytes: Uint8Array, name: string): string {
  try {
    refuseOthers(bytes, name);
    loadModel(rt, bytes, [LanguageModel]);
  } catch (error) {
    const { title, text } = failure(
      (error as { title?: string }).title ? error : refusal(name, (error as Error).message),
    );
    return `${title}: ${text}`;
  }
  return "a model";
}

const ofSpec = (fields: object) =>
  serializeSafetensors(tensors, {
    ...metadata,
    spec: JSON.stringify({ ...JSON.parse(metadata.spec!), ...fields }),
  });
const zip = (...names: readonly string[]) => utf8(`PK\x03\x04${names.join("....")}`);

test("takes a model of unrolled", () => {
  expect(said(model, "a.safetensors")).toBe("a model");
});

test.each<[string, Uint8Array, RegExp]>([
  [
    "cut.safetensors",
    model.subarray(0, model.length - 10),
    /not whole: [\d,]+ of the [\d,]+ bytes of cut.*again/,
  ],
  ["head.safetensors", model.subarray(0, 100), /not whole: 100 bytes .* not even its header .*again/],
  ["new.safetensors", ofSpec({ fancy: true }), /of another version: .*newer one.*reload/],
  ["cell.safetensors", ofSpec({ cell: "mamba" }), /of another version: .*mamba/],
  ["task.safetensors", ofSpec({ task: "painter" }), /unknown task: .*“painter”.*reload/],
  ["gone.safetensors", serializeSafetensors({}, metadata), /damaged: .*again/],
  [
    "run.safetensors",
    serializeSafetensors(tensors, { ...metadata, checkpoint: "{}" }),
    /a checkpoint.*train --resume/,
  ],
  [
    "torch.safetensors",
    serializeSafetensors(tensors, { format: "pt" }),
    /of PyTorch: .*convert torch\.safetensors/,
  ],
  ["bare.safetensors", serializeSafetensors(tensors), /of PyTorch: .*unrolled convert/],
  ["a.pt", zip("archive/data.pkl"), /of PyTorch: .*unrolled convert a\.pt/],
  ["old.pth", Uint8Array.of(0x80, 2, 0x8a, 10), /of PyTorch/],
  ["a.keras", zip("config.json"), /of Keras/],
  ["renamed.bin", zip("model.weights.h5"), /of Keras/],
  ["a.h5", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a), /of Keras: .*unrolled convert/],
  ["a.onnx", Uint8Array.of(8, 8, 0x12, 7), /of ONNX: .*unrolled convert/],
  ["renamed", Uint8Array.of(8, 10, 0x12, 7, 0x70), /of ONNX/],
  ["model.json", utf8('{"format": "layers-model", "modelTopology": {}}'), /of TensorFlow\.js/],
  ["a.zip", zip("photo.jpg"), /an archive: Unpack/],
  ["a.csv", utf8("text,label\ngrüße,1\n"), /a text, not a model: .*choose a task/],
  ["wide.txt", Uint8Array.of(0xff, 0xfe, 65, 0), /a text/],
  [
    "photo.png",
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13),
    /not a model: photo\.png is a picture.*\.safetensors/,
  ],
])("says what %s is, and what to do", (name, bytes, expected) => {
  expect(said(bytes, name)).toMatch(expected);
});

test("refuses files by their size before they are read", () => {
  expect(() => refuseBySize({ name: "a", size: 0 })).toThrow(/no bytes/);
  expect(() => refuseBySize({ name: "a", size: 2 ** 30 })).toThrow(/more than 256 MB/);
  refuseBySize({ name: "a", size: 1000 });
});

const link = await packed(model);
const other = link[60] === "A" ? "B" : "A";

test.each<[string, string, RegExp]>([
  ["empty", "", /holds no model/],
  ["cut", link.slice(0, -20), /cut: [\d,]+ of its [\d,]+ characters/],
  ["with a character that is changed", `${link.slice(0, 60)}${other}${link.slice(61)}`, /damaged/],
  ["whose last character is changed", `${link.slice(0, -3)}AAA`, /damaged/],
  ["with other characters", `${link.slice(0, 40)}%20${link.slice(40)}`, /damaged/],
  ["that is none", "hello", /damaged|cut/],
])("says of a link %s what is wrong", async (_, text, expected) => {
  const problem = await unpacked(text).catch(({ title, message }) => `${title}: ${message}`);
  expect(problem).toMatch(expected);
});

test("a full stop after a link does no harm", async () => {
  expect(await unpacked(`${link}.`)).toEqual(new Uint8Array(model));
});
