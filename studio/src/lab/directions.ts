import { crossEntropy, IGNORED_TARGET, nn, type Runtime, type Tensor } from "unrolled";
import { inLab, type LabOptions, type Progress } from "./lab.ts";
import { below, type Random } from "./random.ts";
import { type CurvePoint, largest, train } from "./training.ts";

/**
 * - `next`: at each dot, name the letter that comes next, after the dots.
 * - `same`: at each dot, tell whether the letters before and after the dots are the same.
 */
export type TagTask = "next" | "same";

/** Options of {@link directions}. */
export interface DirectionsOptions extends LabOptions<DirectionsProgress> {
  /** Iterations of training for each network; default 300. */
  readonly iterations?: number;
}

/** One of the networks on one task, as far as it is trained. */
export interface TaggerResult {
  readonly task: TagTask;
  readonly bidirectional: boolean;
  readonly layers: number;
  readonly parameters: number;
  readonly curve: readonly CurvePoint[];
  /** Share of right tags on new sequences, over all dots. */
  readonly accuracy: number;
  /** The same for the dots of each step, [T]; null at a step that never has a dot. */
  readonly byStep: readonly (number | null)[];
  /** The tags of the example, one for each symbol; null at a letter. */
  readonly tags: readonly (string | null)[];
}

/** What can be shown while the networks train. */
export interface DirectionsProgress extends Progress {
  readonly taggers: readonly TaggerResult[];
}

/** The result of {@link directions}. */
export interface DirectionsResult {
  readonly taggers: readonly TaggerResult[];
  /** A sequence, and its right tags by task. */
  readonly example: {
    readonly symbols: readonly string[];
    readonly right: Readonly<Record<TagTask, readonly (string | null)[]>>;
  };
  /** Share of right answers of a guess, by task. */
  readonly chance: Readonly<Record<TagTask, number>>;
}

const STEPS = 14;
const UNITS = 16;
const BATCH = 32;
const TESTED = 200;
const SYMBOLS = "ab.";
const DOT = 2;
const TAGS: Record<TagTask, readonly string[]> = { next: ["a", "b"], same: ["different", "same"] };
const TASKS: readonly TagTask[] = ["next", "same"];
const NETWORKS = [false, true].flatMap((bidirectional) =>
  [1, 2].map((layers) => ({ bidirectional, layers })),
);

/** Draws a sequence of letters with 1 to 3 dots between two of them. It begins and ends with a letter. */
function drawSequence(random: Random): number[] {
  const ids = [below(random, 2)];
  while (ids.length < STEPS) {
    const dots = Math.min(1 + below(random, 3), STEPS - 1 - ids.length);
    for (let i = 0; i < dots; i++) ids.push(DOT);
    ids.push(below(random, 2));
  }
  return ids;
}

/** Returns the tag of each symbol; `IGNORED_TARGET` for a letter. */
export function rightTags(ids: readonly number[], task: TagTask): number[] {
  return ids.map((id, t) => {
    if (id !== DOT) return IGNORED_TARGET;
    const after = ids.slice(t).find((other) => other !== DOT)!;
    const before = ids.slice(0, t).findLast((other) => other !== DOT)!;
    return task === "next" ? after : Number(before === after);
  });
}

/** A recurrent network with an output layer at each step, ŷ<t> = softmax(W_y [a→<t>, a←<t>] + b_y). */
class TagNetwork extends nn.Module {
  readonly #gru: nn.GRU;
  readonly #head: nn.Linear;

  constructor(rt: Runtime, bidirectional: boolean, numLayers: number) {
    super(rt);
    const hiddenSize = bidirectional ? UNITS / 2 : UNITS;
    const options = { inputSize: SYMBOLS.length, hiddenSize, bidirectional, numLayers };
    this.#gru = this.child("gru", new nn.GRU(rt, options));
    this.#head = this.child("head", new nn.Linear(rt, { inFeatures: UNITS, outFeatures: 2 }));
  }

  /** Returns the logits of the tags, [T, B, 2]. */
  logits(sequences: readonly (readonly number[])[]): Tensor {
    return this.#head.forward(this.#gru.forward(this.#stepsFirst(sequences)).output);
  }

  loss(sequences: readonly (readonly number[])[], task: TagTask): Tensor {
    const targets = this.#stepsFirst(sequences.map((ids) => rightTags(ids, task)));
    return crossEntropy(this.logits(sequences), targets);
  }

  /** Returns the tags that the network gives, by step and then by sequence. */
  predict(sequences: readonly (readonly number[])[]): number[] {
    return this.runtime.noGrad(() => this.runtime.scope(() => largest(this.logits(sequences).data, 2)));
  }

  /** Puts sequences of equal length side by side, int32 [T, B]. */
  #stepsFirst(rows: readonly (readonly number[])[]): Tensor {
    const B = rows.length;
    const at = (_: unknown, i: number) => rows[i % B]![Math.floor(i / B)]!;
    return this.runtime.tensor(Int32Array.from({ length: STEPS * B }, at), [STEPS, B]);
  }
}

/** Returns the share of right tags: of all dots, and of the dots of each step. */
function score(network: TagNetwork, task: TagTask, sequences: readonly (readonly number[])[]) {
  const found = network.predict(sequences);
  const [right, counted] = [new Array<number>(STEPS).fill(0), new Array<number>(STEPS).fill(0)];
  sequences.forEach((ids, b) => {
    rightTags(ids, task).forEach((tag, t) => {
      if (tag === IGNORED_TARGET) return;
      counted[t]!++;
      if (found[t * sequences.length + b] === tag) right[t]!++;
    });
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b);
  return {
    accuracy: sum(right) / sum(counted),
    byStep: right.map((value, t) => (counted[t] ? value / counted[t] : null)),
  };
}

/**
 * Trains four taggers on two tasks: GRUs of one and of two layers, one way and bidirectional. All have 16 outputs a step. The tag of a
 * dot depends on what follows it, so a network that reads one way can only guess. For `next`, the layer that reads from the end is
 * enough. For `same`, a<t> of both directions have to be compared, which one layer and a linear output cannot do: the logit of a tag is
 * then a sum of one number from the left and one from the right, and "same" is their exclusive or. A second layer reads both.
 */
export function directions(options: DirectionsOptions = {}): Promise<DirectionsResult> {
  const { iterations = 300 } = options;
  return inLab(options, async (lab) => {
    const { rt, random } = lab;
    const draw = (count: number) => Array.from({ length: count }, () => drawSequence(random));
    const [test, example] = [draw(TESTED), drawSequence(random)];
    const named = (tags: readonly number[], task: TagTask) => tags.map((tag) => TAGS[task][tag] ?? null);
    const taggers: TaggerResult[] = [];
    const count = TASKS.length * NETWORKS.length;
    lab.reportNow({ share: 0, taggers });
    for (const task of TASKS) {
      for (const { bidirectional, layers } of NETWORKS) {
        const network = new TagNetwork(rt, bidirectional, layers);
        const curve: CurvePoint[] = [];
        const result = (): TaggerResult => {
          const found = network
            .predict([example])
            .map((tag, t) => (example[t] === DOT ? tag : IGNORED_TARGET));
          return {
            task,
            bidirectional,
            layers,
            parameters: network.parameterCount,
            curve: [...curve],
            ...score(network, task, test),
            tags: named(found, task),
          };
        };
        const loss = () => network.loss(draw(BATCH), task);
        await train(lab, { modules: [network], iterations, lr: 0.02, loss }, (iteration, value) => {
          if (iteration % 10 === 0) curve.push({ iteration, loss: value });
          lab.report(() => ({
            share: (taggers.length + iteration / iterations) / count,
            taggers: [...taggers, result()],
          }));
        });
        taggers.push(result());
        network.dispose();
      }
    }
    lab.reportNow({ share: 1, taggers });
    const right = (task: TagTask) => named(rightTags(example, task), task);
    return {
      taggers,
      example: {
        symbols: example.map((id) => SYMBOLS[id]!),
        right: { next: right("next"), same: right("same") },
      },
      chance: { next: 0.5, same: 0.5 },
    };
  });
}
