import { crossEntropy, nn, optim, type Tensor, Vocabulary } from "unrolled";
import { inLab, type Lab, type LabOptions, type Progress } from "./lab.ts";
import { numberText } from "./number-text.ts";
import { orthogonal } from "./orthogonal.ts";
import { below, mulberry32 } from "./random.ts";

/** Options of {@link clipping}. */
export interface ClippingOptions extends LabOptions<ClippingProgress> {
  /** Limit of the norm of the gradient in the clipped run; default 1. */
  readonly limit?: number;
  /** Learning rate of gradient descent, with a momentum of 0.9; default 0.3. */
  readonly lr?: number;
  /** Spectral radius of the first W_aa; default 1.8. */
  readonly radius?: number;
  /** Iterations of each run; default 400. */
  readonly iterations?: number;
}

/** One of the two runs, as far as it is. */
export interface ClippingRun {
  readonly clipped: boolean;
  /** Cross-entropy of each iteration in nats a letter. It ends where a number was no longer finite. */
  readonly loss: readonly number[];
  /** Norm of the gradient of all weights, before clipping, of each iteration. */
  readonly norm: readonly number[];
  /** The iteration, from 1 on, at which a loss or gradient was infinite or NaN; null if there was none. */
  readonly brokeAt: number | null;
}

/** What can be shown while the runs go on. */
export interface ClippingProgress extends Progress {
  readonly runs: readonly ClippingRun[];
}

/** The result of {@link clipping}. */
export interface ClippingResult {
  readonly limit: number;
  /** The run without clipping, then the run with it. Both start from the same weights and read the same data. */
  readonly runs: readonly ClippingRun[];
  /** The loss of a guess among all letters: log V. */
  readonly guess: number;
}

const [UNITS, STEPS, BATCH, LINES] = [32, 40, 16, 400];

/** Cuts windows of a text at random places. @returns inputs and targets, [T, B] each */
function windows({ rt, random }: Pick<Lab<never>, "rt" | "random">, ids: Int32Array): [Tensor, Tensor] {
  const starts = Array.from({ length: BATCH }, () => below(random, ids.length - STEPS - 1));
  const at = (shift: number) => {
    const cut = (_: unknown, i: number) => ids[starts[i % BATCH]! + Math.floor(i / BATCH) + shift]!;
    return rt.tensor(Int32Array.from({ length: STEPS * BATCH }, cut), [STEPS, BATCH]);
  };
  return [at(0), at(1)];
}

/** Tells whether an error says that numbers are NaN or infinite. */
const isNotFinite = (error: unknown) => (error as { code?: unknown } | null)?.code === "ERR_NAN";

/**
 * Trains an RNN with ReLU twice by gradient descent: as it is, and with the norm of the gradient clipped,
 * g <- g limit / |g| if |g| > limit (docs/course-notes.md, "Vanishing and exploding gradients"). It reads lines such as
 * "forty-two = 42" and predicts the next letter. W_aa starts larger than usual, so the gradient of 40 steps explodes. Without clipping,
 * one step throws the weights so far that the next numbers are infinite, and the run ends.
 */
export function clipping(options: ClippingOptions = {}): Promise<ClippingResult> {
  const { seed = 1, limit = 1, lr = 0.3, radius = 1.8, iterations = 400 } = options;
  return inLab(options, async (lab) => {
    const { rt } = lab;
    const text = numberText(lab.random, LINES);
    const vocabulary = Vocabulary.fromText(text);
    const ids = vocabulary.encode(text);
    const V = vocabulary.size;
    const rnn = new nn.RNN(rt, { inputSize: V, hiddenSize: UNITS, nonlinearity: "relu" });
    const head = new nn.Linear(rt, { inFeatures: UNITS, outFeatures: V });
    const { weight_hh_l0: Waa } = rnn.parameters();
    Waa!.data.set(orthogonal(lab.random, UNITS).map((w) => radius * w));
    const start = [rnn.stateDict(), head.stateDict()] as const;
    const parameters = [rnn.parameters(), head.parameters()];

    /** Runs one iteration. @returns the loss and the norm, or undefined if one of them is not finite */
    const iterate = (sgd: optim.SGD, data: Parameters<typeof windows>[0], clipped: boolean) =>
      rt.scope(() => {
        const [x, y] = windows(data, ids);
        try {
          const loss = crossEntropy(head.forward(rnn.forward(x).output), y);
          sgd.zeroGrad();
          loss.backward();
          const norm = optim.clipGradNorm(parameters, clipped ? limit : Number.POSITIVE_INFINITY);
          if (!Number.isFinite(loss.item() + norm)) return undefined;
          sgd.step();
          return { loss: loss.item(), norm };
        } catch (error) {
          if (isNotFinite(error)) return undefined;
          throw error;
        }
      });

    const runs: ClippingRun[] = [];
    const progress = (share: number, run: ClippingRun) => ({ share, runs: [...runs, run] });
    lab.reportNow({ share: 0, runs: [] });
    for (const clipped of [false, true]) {
      rnn.loadStateDict(start[0]);
      head.loadStateDict(start[1]);
      const sgd = new optim.SGD(parameters, { lr, momentum: 0.9 });
      const data = { rt, random: mulberry32(seed) };
      const [loss, norm]: [number[], number[]] = [[], []];
      let brokeAt: number | null = null;
      for (let i = 1; i <= iterations && brokeAt === null; i++) {
        const done = iterate(sgd, data, clipped);
        if (done) {
          loss.push(done.loss);
          norm.push(done.norm);
        } else {
          brokeAt = i;
        }
        lab.report(() =>
          progress((Number(clipped) + i / iterations) / 2, {
            clipped,
            loss: [...loss],
            norm: [...norm],
            brokeAt,
          }),
        );
        await lab.pause();
      }
      sgd.dispose();
      runs.push({ clipped, loss, norm, brokeAt });
    }
    lab.reportNow({ share: 1, runs });
    return { limit, runs, guess: Math.log(V) };
  });
}
