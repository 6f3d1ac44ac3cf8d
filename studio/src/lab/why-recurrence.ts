import { crossEntropy, nn, type Runtime, type Tensor } from "unrolled";
import { inLab, type LabOptions, type Progress } from "./lab.ts";
import { below, type Random } from "./random.ts";
import { type CurvePoint, largest, train } from "./training.ts";

const LETTERS = "abcd";
const UNITS = 24;
const BATCH = 64;
/** Words of each length that measure the accuracy, and how much longer than in training they get. */
const TESTED = 200;
const BEYOND = 8;

/** Options of {@link whyRecurrence}. */
export interface WhyRecurrenceOptions extends LabOptions<WhyRecurrenceProgress> {
  /** Number of symbols that the plain network reads; default 4. */
  readonly window?: number;
  /** Length of the longest word in training; default 12. */
  readonly longest?: number;
  /** Iterations of training for each network; default 1500. */
  readonly iterations?: number;
}

/** One of the two networks, as far as it is trained. */
export interface ReaderResult {
  readonly name: "window" | "rnn";
  readonly parameters: number;
  readonly curve: readonly CurvePoint[];
  /** Share of right answers for new words of 1 letter, 2 letters, and so on. */
  readonly accuracy: readonly number[];
}

/** What can be shown while the networks train. */
export interface WhyRecurrenceProgress extends Progress {
  readonly readers: readonly ReaderResult[];
}

/** The result of {@link whyRecurrence}. */
export interface WhyRecurrenceResult {
  readonly readers: readonly ReaderResult[];
  readonly window: number;
  readonly longest: number;
  /** Share of right answers of a guess: 0.25. */
  readonly chance: number;
  /** A few words, and the first letter that each network answers. */
  readonly examples: readonly { readonly word: string; readonly window: string; readonly rnn: string }[];
}

interface Words {
  /** Letters of each word. */
  readonly ids: readonly (readonly number[])[];
}

function drawWords(random: Random, count: number, length: () => number): Words {
  const word = () => Array.from({ length: length() }, () => below(random, LETTERS.length));
  return { ids: Array.from({ length: count }, word) };
}

/** A network that names the first letter of a word. */
interface Reader {
  readonly name: ReaderResult["name"];
  readonly modules: readonly nn.Module[];
  /** Returns the logits of the first letter, [B, 4]. */
  readonly logits: (words: Words) => Tensor;
}

/** A plain network with a hidden layer, which reads the last letters of a word: one-hot vectors side by side, 0 past the beginning. */
function windowReader(rt: Runtime, window: number): Reader {
  const width = window * LETTERS.length;
  const layers = new nn.FeedForward(rt, { inFeatures: width, hidden: [UNITS], outFeatures: LETTERS.length });
  const logits = ({ ids }: Words) => {
    const x = new Float32Array(ids.length * width);
    ids.forEach((word, b) => {
      word.slice(-window).forEach((letter, t, seen) => {
        x[b * width + (window - seen.length + t) * LETTERS.length + letter] = 1;
      });
    });
    return layers.forward(rt.tensor(x, [ids.length, width]));
  };
  return { name: "window", modules: [layers], logits };
}

/** An RNN, a<t> = tanh(W_aa a<t-1> + W_ax x<t> + b_a), whose last state a<T_x> answers. */
function recurrentReader(rt: Runtime): Reader {
  const rnn = new nn.RNN(rt, { inputSize: LETTERS.length, hiddenSize: UNITS });
  const head = new nn.Linear(rt, { inFeatures: UNITS, outFeatures: LETTERS.length });
  const logits = ({ ids }: Words) => {
    const lengths = ids.map((word) => word.length);
    const [T, B] = [Math.max(...lengths), ids.length];
    const x = new Int32Array(T * B);
    ids.forEach((word, b) => {
      word.forEach((letter, t) => {
        x[t * B + b] = letter;
      });
    });
    return head.forward(rnn.forward(rt.tensor(x, [T, B]), { lengths }).state.h);
  };
  return { name: "rnn", modules: [rnn, head], logits };
}

/** Returns the first letter that a reader sees in each word. */
function answers(rt: Runtime, { logits }: Reader, words: Words): number[] {
  return rt.noGrad(() => rt.scope(() => largest(logits(words).data, LETTERS.length)));
}

/**
 * Trains a plain network over a window and an RNN to name the first letter of a word, and measures both on new words of each length,
 * also of lengths that training did not have. Words are random, with 1 to `longest` letters of four. The plain network reads the last `window` letters, so the first letter of a
 * longer word is not among its inputs, and it can only guess. The RNN carries the letter in a<t>.
 */
export function whyRecurrence(options: WhyRecurrenceOptions = {}): Promise<WhyRecurrenceResult> {
  const { window = 4, longest = 12, iterations = 1500 } = options;
  return inLab(options, async (lab) => {
    const { rt, random } = lab;
    const lengths = Array.from({ length: longest + BEYOND }, (_, i) => i + 1);
    const tests = lengths.map((length) => drawWords(random, TESTED, () => length));
    const readers = [windowReader(rt, window), recurrentReader(rt)];
    const results: ReaderResult[] = readers.map(({ name, modules }) => ({
      name,
      parameters: modules.reduce((sum, module) => sum + module.parameterCount, 0),
      curve: [],
      accuracy: [],
    }));
    lab.reportNow({ share: 0, readers: results });
    for (const [n, reader] of readers.entries()) {
      const curve: CurvePoint[] = [];
      const measure = () =>
        tests.map(({ ids }) => {
          const found = answers(rt, reader, { ids });
          return found.filter((letter, i) => letter === ids[i]![0]).length / ids.length;
        });
      const show = () => {
        results[n] = { ...results[n]!, curve: [...curve], accuracy: measure() };
      };
      const loss = () => {
        const words = drawWords(random, BATCH, () => 1 + below(random, longest));
        const first = Int32Array.from(words.ids, ([letter]) => letter!);
        const logits = reader.logits(words);
        return crossEntropy(logits, rt.tensor(first, logits.shape.slice(0, -1)));
      };
      await train(lab, { modules: reader.modules, iterations, lr: 0.01, loss }, (iteration, value) => {
        if (iteration % 20 === 0) curve.push({ iteration, loss: value });
        lab.report(() => {
          show();
          return { share: (n + iteration / iterations) / readers.length, readers: [...results] };
        });
      });
      show();
    }
    lab.reportNow({ share: 1, readers: results });
    const shown = {
      ids: [2, window, window + 1, longest].map((length) => drawWords(random, 1, () => length).ids[0]!),
    };
    const [seenByWindow, seenByRnn] = readers.map((reader) => answers(rt, reader, shown));
    return {
      readers: results,
      window,
      longest,
      chance: 1 / LETTERS.length,
      examples: shown.ids.map((word, i) => ({
        word: word.map((letter) => LETTERS[letter]).join(""),
        window: LETTERS[seenByWindow![i]!]!,
        rnn: LETTERS[seenByRnn![i]!]!,
      })),
    };
  });
}
