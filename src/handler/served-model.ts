import { checkInstance, checkObject, checkOptions, checkThat } from "../checks.ts";
import { digest } from "../io/sha256.ts";
import type { PackedForecaster } from "../models/forecaster/stream.ts";
import type { PackedTranscriber } from "../models/transcriber/stream.ts";
import type { Compute } from "./batcher.ts";
import { predictionsOf } from "./predictions.ts";
import { StateCodec } from "./state.ts";
import { ForecastSteps, type StepService, TranscriptSteps } from "./steps.ts";
import { TextService, type Writer } from "./writing.ts";

/** A model that a handler serves. */
export interface Served {
  /**
   * A model of `unrolled` or `unrolled/run`, also a packed one. Or an object of your own with `predict`, which turns a list of inputs
   * into a list of as many outputs, or into a promise of it.
   */
  readonly model: object;
  /** The bytes of the model's file. Models with states need it, because a state holds for one file: it has the file's SHA-256. */
  readonly file?: Uint8Array | undefined;
}

/** The members of a model that are read here. */
interface AnyModel {
  readonly spec?: { readonly task?: string; readonly bidirectional?: boolean };
  pack?(): object;
}

/** What a model can do, and what its states belong to. */
export interface Service {
  /** Labels of the model in the metrics. */
  readonly labels: { readonly model: string; readonly task: string; readonly sha256: string };
  readonly predict: Compute | undefined;
  readonly steps: StepService | undefined;
  readonly text: TextService | undefined;
  readonly codec: StateCodec;
}

/** The tasks whose models have states. */
const STREAMING = ["language-model", "generator", "forecaster", "transcriber"];

/**
 * Finds out what a model can do. The weights of a model with states are packed here, once for all requests.
 *
 * @throws ERR_VALUE if it is no model, or its file is missing
 */
export async function serviceOf(name: string, served: Served): Promise<Service> {
  const what = `models.${name}`;
  const { model, file } = checkOptions(what, served, "model file");
  const { spec } = checkObject(`${what}.model`, model as AnyModel, "it is");
  const task = spec?.task ?? "other";
  const hasState = STREAMING.includes(task) && !spec?.bidirectional;
  if (hasState || file) checkInstance(`${what}.file`, file, Uint8Array, "the bytes of the model's file");
  const sha256 = file ? await digest(file as Uint8Array<ArrayBuffer>) : "";
  const packed = hasState ? ((model as AnyModel).pack?.() ?? model) : model;
  const steps = hasState ? stepsOf(packed, task) : undefined;
  const service = {
    labels: { model: name, task, sha256: sha256.slice(0, 16) },
    predict: predictionsOf(model, packed, task),
    steps,
    text: hasState && !steps ? new TextService(packed as Writer) : undefined,
    codec: new StateCodec(sha256),
  };
  const { predict, text } = service;
  checkThat(`${what}.model`, task, !!(predict || steps || text), "a model, or an object with predict");
  return service;
}

/** Returns what reads rows or vectors one after another; undefined if the task reads text. */
function stepsOf(packed: object, task: string): StepService | undefined {
  if (task === "forecaster") return new ForecastSteps(packed as PackedForecaster);
  if (task === "transcriber") return new TranscriptSteps(packed as PackedTranscriber);
  return undefined;
}
