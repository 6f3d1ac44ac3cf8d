import {
  Autoencoder,
  Classifier,
  type Forecaster,
  LanguageModel,
  modelGradientFlow,
  SequenceEmbedder,
  type SequenceInput,
  type Tagger,
  type TaskModel,
} from "unrolled";
import { type Confusion, confusion } from "../look/confusion.ts";
import { type EmbeddingPlane, sequencePlane, symbolPlane } from "../look/embedding-plane.ts";
import { type ForecastView, forecast } from "../look/forecast.ts";
import { type FlowView, flowView, gradientFlow } from "../look/gradient-flow.ts";
import { type AllLabelCounts, labelCounts } from "../look/label-counts.ts";
import type { AnyModel } from "../look/record.ts";
import { type TagView, tagView } from "../look/tag-view.ts";
import {
  type Example,
  heldOutFrom,
  labelled,
  labelledParts,
  type Part,
  type RunFile,
  rowsOf,
  sequencesOf,
  startOfText,
  withTrainer,
} from "./run-data.ts";

/** Number of characters of a text that a language model's gradient is measured on. */
const FLOW_TEXT = 30_000;

/** Maximum number of examples of a picture. Predicting 1,000 short texts takes about a second. */
const MOST_EXAMPLES = 1000;

/** Maximum number of points in the plane. */
const MOST_POINTS = 400;

/**
 * Returns how the gradient of a loss flows back in time, on the run's own data.
 *
 * @param steps number of steps back, for language models; other models go as far as their sequences
 */
export async function flow(model: TaskModel, data: RunFile, steps: number): Promise<FlowView> {
  if (model instanceof LanguageModel) {
    return gradientFlow({ run: model }, await startOfText(data, FLOW_TEXT), { steps })[0]!;
  }
  return withTrainer(model, data, (trainer) =>
    flowView("run", modelGradientFlow(model, trainer.nextBatch())),
  );
}

/** How many of a part's examples a picture shows. */
export interface Shown {
  readonly shown: number;
  readonly all: number;
}

/** How a classifier confuses labels, with the examples that were counted. */
export interface ConfusionOfPart extends Confusion, Shown {
  readonly examples: readonly { readonly text: string; readonly label: string }[];
}

/** Counts which labels a classifier takes for which, in one part of the run's data. */
export async function confusionOf(model: Classifier, data: RunFile, part: Part): Promise<ConfusionOfPart> {
  const all = (await labelledParts(model, data))[part];
  const some = all.slice(0, MOST_EXAMPLES);
  const counted = confusion(
    model,
    some.map(({ input, labels }) => ({ input, label: labels[0]! })),
  );
  const examples = some.map((example) => ({ text: textOf(example), label: example.labels[0]! }));
  return { ...counted, examples, shown: some.length, all: all.length };
}

const textOf = ({ input }: Pick<Example, "input">): string => {
  if (typeof input === "string") return input;
  return typeof input[0] === "string" ? input.join(" ") : `${input.length} steps`;
};

/** Tags the sentences of one part of the run's data. */
export async function tagsOf(model: Tagger, data: RunFile, part: Part): Promise<TagView & Shown> {
  const all = (await labelledParts(model, data))[part];
  const some = all.slice(0, MOST_EXAMPLES / 2);
  const view = tagView(
    model,
    some.map((example) => labelled(model, example)),
  );
  return { ...view, shown: some.length, all: all.length };
}

/** How a model decides on each of several labels. */
export interface LabelCountsOfPart extends AllLabelCounts, Shown {}

/** Counts the right and wrong decisions about each label, in one part of the run's data. */
export async function labelCountsOf(
  model: Classifier | Tagger,
  data: RunFile,
  part: Part,
): Promise<LabelCountsOfPart> {
  const all = (await labelledParts(model, data))[part];
  const some = all.slice(0, model.targetPer === "step" ? MOST_EXAMPLES / 2 : MOST_EXAMPLES);
  const counts = labelCounts(
    model,
    some.map((example) => labelled(model, example)),
  );
  return { ...counts, shown: some.length, all: all.length };
}

/** The forecast, with the errors of other forecasts of what was kept aside. */
export interface ForecastOfRun extends ForecastView {
  /** Index of the first row that was kept aside. */
  readonly heldOutFrom: number;
}

/**
 * Forecasts the end of the run's data, or what follows it.
 *
 * @param hidden number of rows at the end that the network does not see
 */
export async function forecastOf(model: Forecaster, data: RunFile, hidden: number): Promise<ForecastOfRun> {
  const rows = await rowsOf(model, data);
  const from = heldOutFrom(model, rows);
  return { ...forecast(model, rows, { heldOutFrom: from, hidden }), heldOutFrom: from };
}

/** Points of the plane, some of them in groups. */
export interface PlaneOfRun extends EmbeddingPlane, Shown {
  /** The group of each point; undefined if there are none. */
  readonly groups?: readonly string[];
}

/** Places the symbols that a model reads in the plane. */
export function symbolsInPlane(model: AnyModel): PlaneOfRun {
  const plane = symbolPlane(model, MOST_POINTS);
  const { labels } = plane;
  const groups = labels.every((symbol) => [...symbol].length === 1 || symbol.startsWith("<"));
  return {
    ...plane,
    ...(groups && { groups: labels.map(kindOf) }),
    shown: labels.length,
    all: labels.length,
  };
}

/** Returns the kind of a character. */
function kindOf(symbol: string): string {
  if (symbol.startsWith("<")) return "special";
  if (/^[aeiouyäöüáéíóúàèìòùâêîôûåæøœ]$/iu.test(symbol)) return "vowel";
  if (/^\p{L}$/u.test(symbol)) return "consonant";
  return /^\p{N}$/u.test(symbol) ? "digit" : "other sign";
}

/** Places sequences of the run's data in the plane. */
export async function sequencesInPlane(model: TaskModel, data: RunFile): Promise<PlaneOfRun> {
  if (!(model instanceof Classifier || model instanceof Autoencoder || model instanceof SequenceEmbedder)) {
    throw new Error("This kind of model has no vector for a whole sequence.");
  }
  if (model instanceof Classifier && !model.spec.multiLabel) {
    const { kept, learnt } = await labelledParts(model, data);
    const all = [...kept, ...learnt];
    const some = all.slice(0, MOST_POINTS);
    const plane = sequencePlane(
      model,
      some.map(({ input }) => input as SequenceInput),
      some.map(textOf),
    );
    return { ...plane, groups: some.map(({ labels }) => labels[0]!), shown: some.length, all: all.length };
  }
  const sequences = await sequencesOf(model, data);
  if (model instanceof SequenceEmbedder && !model.spec.features) {
    const texts = [
      ...new Set(sequences.flatMap(({ input, others }) => [input as string, ...others.slice(0, 1)])),
    ];
    const some = texts.slice(0, MOST_POINTS);
    return { ...sequencePlane(model, some), shown: some.length, all: texts.length };
  }
  const some = sequences.slice(0, MOST_POINTS);
  const plane = sequencePlane(
    model,
    some.map(({ input }) => input as SequenceInput),
    some.map(textOf),
  );
  const groups = groupsOf(some.map(({ others }) => others[0] ?? ""));
  return { ...plane, ...(groups && { groups }), shown: some.length, all: sequences.length };
}

/** Maximum number of groups that colours and shapes can tell apart. */
const MOST_GROUPS = 12;

/** Returns cells as groups if few of them are different. */
function groupsOf(cells: readonly string[]): readonly string[] | undefined {
  const different = new Set(cells).size;
  return different > 1 && different <= MOST_GROUPS ? cells : undefined;
}
