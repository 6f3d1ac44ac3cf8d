import {
  Classifier,
  EncoderDecoder,
  LanguageModel,
  loadModel,
  type ModelClass,
  serializeModel,
  type TaskModel,
} from "unrolled";
import { expect, it } from "vitest";
import {
  activations,
  attention,
  beams,
  confusion,
  editState,
  findUnits,
  gates,
  gradientFlow,
  nextSymbols,
  saliency,
  sequencePlane,
  signals,
  symbolPlane,
  unrolledSteps,
} from "../../../studio/src/look/index.ts";
import { classifier, languageModel, OPINIONS, reverser, TEXT } from "./models.ts";

/** Writes a model to a file and reads it back, as the page does. */
const reloaded = <M extends TaskModel>(model: M, kind: ModelClass<M>): M =>
  loadModel(model.runtime, serializeModel(model), [kind]);

const SHORT = TEXT.slice(0, 60);

it("a worker can post the results, and a loaded model gives the same ones", async () => {
  const writer = await languageModel();
  const sorter = await classifier();
  const turner = await reverser({}, 5);
  const texts = OPINIONS.map(({ text }) => text);
  const results = (lm: LanguageModel, labels: Classifier, pairs: EncoderDecoder) => {
    const seen = activations(lm, SHORT);
    return {
      seen,
      units: findUnits(seen, signals(seen.symbols)[0]!.values),
      gates: gates(lm, SHORT),
      next: nextSymbols(lm, SHORT),
      steps: unrolledSteps(lm, SHORT),
      flow: gradientFlow({ lm }, SHORT, { steps: 10, batch: 2 }),
      edit: editState(lm, SHORT, { layer: 0, unit: 0, value: 1 }),
      plane: symbolPlane(lm),
      confusion: confusion(
        labels,
        OPINIONS.map(({ text, label }) => ({ input: text, label })),
      ),
      saliency: saliency(labels, texts[0]!),
      sequences: sequencePlane(labels, texts),
      attention: attention(pairs, "123"),
      beams: beams(pairs, "123"),
    };
  };
  const first = results(writer, sorter, turner);
  expect(structuredClone(first)).toEqual(first);
  const again = results(
    reloaded(writer, LanguageModel),
    reloaded(sorter, Classifier),
    reloaded(turner, EncoderDecoder),
  );
  expect(again).toEqual(first);
});
