import type { TextIds } from "../data/text-batches.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { normalized, tokensApart } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { AdaptiveLanguageModel } from "../models/language-model/adaptive.ts";
import { evaluateText } from "../models/language-model/evaluation.ts";
import { LanguageModel } from "../models/language-model/model.ts";
import {
  checkLanguageModelSpec,
  defaultLanguageModelSpec,
  type LanguageModelSpec,
} from "../models/language-model/spec.ts";
import { Suggester, type SuggestOptions } from "../models/language-model/suggester.ts";
import { frequentFirst, textVocabulary } from "../models/language-model/text.ts";
import { LanguageModelTrainer, languageModelRecipe } from "../models/language-model/trainer.ts";
import { stepsOf } from "../network/training-memory.ts";
import type { GenerateOptions } from "../network/write.ts";
import { formatOf } from "../tables/format.ts";
import type { Evaluation } from "../train/evaluate.ts";
import type { Recipe } from "../train/recipe.ts";
import { Cut, checkTrainable } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart } from "./hash.ts";
import { IdList, LongText, type PieceEnd } from "./long-text.ts";
import { forValidation } from "./notes.ts";
import { readBoth } from "./parts.ts";
import { type TextSource, withContext } from "./source.ts";
import type { CompleteSpec, DataOptions, FormatOptions, Task } from "./task.ts";
import { completeTexts, noteUnknown } from "./texts.ts";
import { writePacked } from "./write.ts";

/** The number of words from which on the softmax is adaptive by default. */
const MANY_WORDS = 5000;

/** Learns to continue and to score texts. The model is an {@link AdaptiveLanguageModel}. */
export const languageModelTask = /* @__PURE__ */ defineTask({
  Model: AdaptiveLanguageModel,
  Base: LanguageModel,
  options: { format: ["cut"], data: ["level", "tokens", "vocabulary", "minCount"], evaluate: ["streams"] },
  defaultLength: (level) => (level === "word" ? { epochs: 4 } : { iterations: 2000 }),
  defaultRecipe: (level = "char") => languageModelRecipe(level),
  async read(sources, options) {
    const { data: text, validation: held } = await readBoth(sources, options, (source, options) => {
      noteTables(source, options);
      return LongText.read(source);
    });
    if (held && isTiny(held)) {
      throw new UnrolledError("ERR_DATA", `${sources.validation!.name} has too little text for validation`);
    }
    const run = {
      trainer: (model: LanguageModel, recipe: Recipe) => {
        const ids = idsOf(model, text, options);
        const validation = held && idsOf(model, held, forValidation(options));
        if (model.spec.lines) checkLines(model, recipe, ids, sources.data.name, options.note);
        return new LanguageModelTrainer(model, ids, recipe, validation);
      },
    };
    return {
      // The hash is computed from the decoded text, not from the bytes of a file. Without validation data, it is
      // `hashText(text)`, which a program that has the text in memory can compute too.
      hash: [await (held ? text.hashWith(held) : text.hash()), ...cutPart(options)].join(" "),
      reading: {},
      prepare: async (complete) => {
        const given = checkLanguageModelSpec(specOf(text, complete, options));
        const { vocabulary: limit, minCount } = options;
        const counted = await withContext(sources.data.name, () =>
          textVocabulary(text.pieces(pieceEnd(given)), given, {
            ...(limit && { limit }),
            ...(minCount && { minCount }),
          }),
        );
        const { spec, vocabulary } = withSoftmax(given, counted, complete);
        return {
          ...run,
          model(runtime) {
            const model = new AdaptiveLanguageModel(runtime, spec, vocabulary);
            if (held)
              noteUnknown(forValidation(options), vocabulary, [idsOf(model, held, { cut: options.cut })]);
            return model;
          },
        };
      },
      resume: async () => run,
    };
  },
  async evaluate(model, data, { streams, ...options } = {}) {
    const text = await LongText.read(data);
    return withContext(data.name, () => {
      const ids = idsOf(model, text, options);
      noteUnknown(options, model.vocabulary, [ids]);
      // Of words that are left out, the characters would have to be left out too.
      const whole = options.cut === undefined || model.spec.level === "char";
      const characters = whole && charactersOf(text, model.spec);
      return evaluateText(model, ids, { ...(streams && { streams }), ...(characters && { characters }) });
    });
  },
  write: (model: LanguageModel, options: GenerateOptions = {}) => writePacked(model.pack(), options),
  suggester(model: LanguageModel) {
    const packed = model.pack();
    const suggester = new Suggester(packed);
    return {
      suggest: (text: string, options?: SuggestOptions) => suggester.suggest(text, options),
      dispose() {
        suggester.dispose();
        packed.dispose();
      },
    };
  },
} satisfies Task<LanguageModel, Evaluation>);

/**
 * Makes the softmax adaptive by default, if there are many words. Hidden layers before the output layer need a full softmax.
 */
function withSoftmax(
  given: LanguageModelSpec,
  vocabulary: Vocabulary,
  complete: CompleteSpec,
): { spec: LanguageModelSpec; vocabulary: Vocabulary } {
  const full = { spec: given, vocabulary };
  if (given.level === "char" || given.head.length || vocabulary.size < MANY_WORDS) return full;
  const spec = complete({ ...given, softmax: "adaptive" as const });
  if (spec.softmax === given.softmax) return full;
  return { spec: checkLanguageModelSpec(spec), vocabulary: frequentFirst(vocabulary) };
}

/** Tells which files of a source seem to be tables. Their commas, quotes and names of columns are learnt too. */
function noteTables(source: TextSource, { note }: DataOptions): void {
  for (const { name } of source.parts ?? [source]) {
    if (formatOf(name) === "text" && !/\.tsv$/i.test(name)) continue;
    const what = source.parts ? `${name}: ` : "";
    note?.(
      `${what}read as plain text, with all its columns; to learn from one column, write it to a .txt file`,
    );
  }
}

/** Encodes a text, and shortens its lines if they are longer than the option `cut`. */
function idsOf(model: LanguageModel, text: LongText, options: FormatOptions): TextIds {
  const cut = new Cut(options);
  const { spec, vocabulary } = model;
  if (options.cut !== undefined && !spec.lines) {
    const problem = "cut shortens lines, but the model reads the whole text as one sequence";
    throw new UnrolledError("ERR_VALUE", `${problem}; leave it out, or train with lines`);
  }
  const ids = cut.lines(encode(model, text), vocabulary.endId);
  cut.tell();
  return ids;
}

/** Encodes a text piece by piece. A text of one piece gives what `model.encode` gives. */
function encode(model: LanguageModel, text: LongText): TextIds {
  const { spec, vocabulary } = model;
  const pieces = text.pieces(pieceEnd(spec));
  const first = model.encode(pieces.next().value ?? "");
  let list: IdList | undefined;
  for (const piece of pieces) {
    if (!list) {
      // A symbol has at least one byte, but sentences have an <EOS> that has none.
      list = new IdList(vocabulary.unknownId === null ? 0 : vocabulary.size, text.size);
      list.add(first);
    }
    list.add(model.encode(piece));
  }
  return list?.all() ?? first;
}

/** Counts the characters of a text, with spaces and newlines. */
function charactersOf(text: LongText, spec: LanguageModelSpec): number {
  let count = 0;
  for (const piece of text.pieces("anywhere")) for (const _ of normalized(piece, spec)) count++;
  return count;
}

const pieceEnd = ({ level, tokens, lines }: LanguageModelSpec): PieceEnd =>
  level === "char" ? "anywhere" : lines || tokens === "spaces" ? "line" : "sentence";

/** Tells whether a text has fewer than two characters, apart from white space around them. */
function isTiny(text: LongText): boolean {
  let found = "";
  for (const piece of text.pieces("anywhere")) {
    found = (found + piece).trimStart();
    if (found.trimEnd().length >= 2) return false;
    found = found.slice(0, 2);
  }
  return true;
}

/** Checks that all lines can be trained on. @throws ERR_DATA naming the line if they cannot */
function checkLines(
  model: LanguageModel,
  recipe: Recipe,
  ids: TextIds,
  name: string,
  note: FormatOptions["note"],
): void {
  const lengths: number[] = [];
  const lines: number[] = [];
  let [line, start] = [1, 0];
  const close = (end: number) => {
    if (end > start) {
      lengths.push(end - start);
      lines.push(line);
    }
    start = end + 1;
    line++;
  };
  ids.forEach((id, i) => {
    if (id === model.vocabulary.endId) close(i);
  });
  close(ids.length);
  const what = model.spec.level === "word" ? "sentence" : "line";
  const place = (i: number) => `${name}, ${what} ${lines[i]}`;
  checkTrainable(model, recipe, { steps: stepsOf(lengths), outputs: model.vocabulary.size, place }, note);
}

/**
 * Returns the spec of a new model. If tokens are words, the default of `embedding` is the value of `hidden`, and the softmax is adaptive
 * by default if there are cutoffs.
 */
function specOf(
  text: LongText,
  complete: CompleteSpec,
  { level, tokens, note }: DataOptions,
): LanguageModelSpec {
  const zeroStart = complete(defaultLanguageModelSpec()).zeroStart;
  const lines = { lines: zeroStart };
  if (level !== "word") return complete({ ...defaultLanguageModelSpec(), ...lines });
  const defaults = { ...defaultLanguageModelSpec("word"), ...lines };
  const { hidden, cutoffs } = complete(defaults);
  return completeTexts(
    complete,
    { ...defaults, embedding: hidden, ...(cutoffs.length && { softmax: "adaptive" as const }) },
    text.pieces("anywhere"),
    { tokens, note },
    () => (tokensApart(text.pieces("anywhere")) ? "spaces" : defaults.tokens),
  );
}
