import { crossEntropy, nn, optim, type Runtime, UnrolledError } from "unrolled";
import { inLab, type LabOptions } from "./lab.ts";

/** Options of {@link backpropagation}. */
export interface BackpropagationOptions extends Pick<LabOptions<never>, "seed"> {
  /** A word of 2 to 8 letters; default "hello". The network reads all letters except the last and predicts all except the first. */
  readonly word?: string;
  /** Number of hidden units H; default 3. */
  readonly hidden?: number;
  /** Number of steps of gradient descent before the pass that is shown; default 0. */
  readonly updates?: number;
  /** Learning rate of these steps; default 0.5. */
  readonly lr?: number;
}

/** A matrix as an array of its rows. */
export type Matrix = readonly (readonly number[])[];

/** The parameters of the network, or the gradient of the loss with respect to each. */
export interface TinyNetwork {
  /** [H, H] */
  readonly Waa: Matrix;
  /** [H, V] */
  readonly Wax: Matrix;
  /** [H]: the sum of the library's two biases */
  readonly ba: readonly number[];
  /** [V, H] */
  readonly Wya: Matrix;
  /** [V] */
  readonly by: readonly number[];
}

/** All numbers of one step t. Vectors of the network have H numbers, those over the letters V. */
export interface StepNumbers {
  /** From 1 to T_x. */
  readonly t: number;
  /** The letter that is read, and the letter to predict. */
  readonly read: string;
  readonly expected: string;
  /** x<t>, a one-hot vector [V] */
  readonly x: readonly number[];
  /** z<t> = W_aa a<t-1> + W_ax x<t> + b_a */
  readonly z: readonly number[];
  /** a<t> = tanh(z<t>) */
  readonly a: readonly number[];
  /** W_ya a<t> + b_y */
  readonly logits: readonly number[];
  /** ŷ<t> = softmax(logits) */
  readonly yHat: readonly number[];
  /** y<t>, a one-hot vector [V] */
  readonly y: readonly number[];
  /** L<t> = -log of the number of ŷ<t> for the expected letter */
  readonly loss: number;
  /** The part of da<t> that comes down from the loss of this step: W_yaᵀ (ŷ<t> - y<t>) */
  readonly daFromLoss: readonly number[];
  /** The part that comes back from the step after it: W_aaᵀ dz<t+1>; zeros at the last step */
  readonly daFromNext: readonly number[];
  /** da<t>: the sum of both parts */
  readonly da: readonly number[];
  /** dz<t> = (1 - a<t>²) da<t> */
  readonly dz: readonly number[];
  /** What this step adds to each gradient: dz<t> a<t-1>ᵀ, dz<t> x<t>ᵀ, dz<t>, (ŷ<t> - y<t>) a<t>ᵀ and ŷ<t> - y<t> */
  readonly adds: TinyNetwork;
}

/** The result of {@link backpropagation}. */
export interface BackpropagationResult {
  readonly word: string;
  /** The V different letters, in the order of the one-hot vectors. */
  readonly letters: readonly string[];
  readonly hidden: number;
  readonly parameters: TinyNetwork;
  readonly steps: readonly StepNumbers[];
  /** L: the sum of all L<t> */
  readonly loss: number;
  /** L after each update, from the loss before the first one on. */
  readonly losses: readonly number[];
  /** The sums over all steps: dL/dW. */
  readonly gradient: TinyNetwork;
  /** The same from `loss.backward()` of the library. */
  readonly library: TinyNetwork;
  /** Largest difference between the two. */
  readonly difference: number;
}

const dot = (u: readonly number[], v: readonly number[]) =>
  u.reduce((sum, value, i) => sum + value * v[i]!, 0);
const times = (matrix: Matrix, v: readonly number[]) => matrix.map((row) => dot(row, v));
const transposed = (matrix: Matrix) => matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
const add = (u: readonly number[], v: readonly number[]) => u.map((value, i) => value + v[i]!);
const outer = (u: readonly number[], v: readonly number[]) => u.map((a) => v.map((b) => a * b));
const addMatrices = (a: Matrix, b: Matrix) => a.map((row, i) => add(row, b[i]!));
const zeros = (size: number): number[] => new Array(size).fill(0);

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((value) => Math.exp(value - Math.max(...logits)));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

function addNetworks(one: TinyNetwork, other: TinyNetwork): TinyNetwork {
  return {
    Waa: addMatrices(one.Waa, other.Waa),
    Wax: addMatrices(one.Wax, other.Wax),
    ba: add(one.ba, other.ba),
    Wya: addMatrices(one.Wya, other.Wya),
    by: add(one.by, other.by),
  };
}

/**
 * Computes the forward and the backward pass of an RNN over a word, step by step in float64: backpropagation through time as in the
 * course notes (docs/course-notes.md, "Loss and backpropagation through time").
 *
 * @param inputs index of the letter that each step reads, and `targets` of the letter that it is to predict
 */
export function passes(
  network: TinyNetwork,
  letters: readonly string[],
  inputs: readonly number[],
  targets: readonly number[],
): StepNumbers[] {
  const { Waa, Wax, ba, Wya, by } = network;
  const H = ba.length;
  const oneHot = (letter: number) => letters.map((_, i) => Number(i === letter));
  let before = zeros(H); // a<0>
  const forward = inputs.map((input, i) => {
    const [x, y] = [oneHot(input), oneHot(targets[i]!)];
    const z = add(add(times(Waa, before), times(Wax, x)), ba);
    const a = z.map(Math.tanh);
    const logits = add(times(Wya, a), by);
    const yHat = softmax(logits);
    const step = { x, y, z, a, before, logits, yHat, loss: -Math.log(yHat[targets[i]!]!) };
    before = a;
    return step;
  });
  const steps: StepNumbers[] = [];
  let daFromNext = zeros(H);
  for (let i = inputs.length - 1; i >= 0; i--) {
    const { before, ...step } = forward[i]!;
    const { a, x, y, yHat } = step;
    const dLogits = yHat.map((value, k) => value - y[k]!);
    const daFromLoss = times(transposed(Wya), dLogits);
    const da = add(daFromLoss, daFromNext);
    const dz = da.map((value, k) => (1 - a[k]! ** 2) * value);
    steps.unshift({
      t: i + 1,
      read: letters[inputs[i]!]!,
      expected: letters[targets[i]!]!,
      ...step,
      daFromLoss,
      daFromNext,
      da,
      dz,
      adds: { Waa: outer(dz, before), Wax: outer(dz, x), ba: dz, Wya: outer(dLogits, a), by: dLogits },
    });
    daFromNext = times(transposed(Waa), dz);
  }
  return steps;
}

/** Cuts numbers into rows. */
function rows(data: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (_, i) => data[row * width + i]!),
  );
}

/** The same network in the library: an `nn.RNN` and an `nn.Linear`, with the loss summed over the steps. */
class LibraryNetwork {
  readonly #rnn: nn.RNN;
  readonly #head: nn.Linear;
  readonly #loss: () => ReturnType<typeof crossEntropy>;

  constructor(
    rt: Runtime,
    hidden: number,
    letters: number,
    inputs: readonly number[],
    targets: readonly number[],
  ) {
    this.#rnn = new nn.RNN(rt, { inputSize: letters, hiddenSize: hidden });
    this.#head = new nn.Linear(rt, { inFeatures: hidden, outFeatures: letters });
    const shape = [inputs.length, 1];
    const [x, y] = [inputs, targets].map((ids) => rt.tensor(Int32Array.from(ids), shape));
    this.#loss = () =>
      crossEntropy(this.#head.forward(this.#rnn.forward(x!).output), y!, { reduction: "sum" });
  }

  get #tensors() {
    return { ...this.#rnn.parameters(), ...this.#head.parameters() };
  }

  /** @param of returns the numbers of a parameter: its values, or its gradient */
  #read(of: "data" | "grad"): TinyNetwork {
    const numbers = Object.fromEntries(
      Object.entries(this.#tensors).map(([name, tensor]) => [
        name,
        Array.from(of === "data" ? tensor.data : tensor.grad!.data),
      ]),
    );
    const H = numbers.bias_ih_l0!.length;
    // Both biases of the library have the gradient of their sum.
    const ba = of === "data" ? add(numbers.bias_ih_l0!, numbers.bias_hh_l0!) : numbers.bias_ih_l0!;
    return {
      Waa: rows(numbers.weight_hh_l0!, H),
      Wax: rows(numbers.weight_ih_l0!, numbers.weight_ih_l0!.length / H),
      ba,
      Wya: rows(numbers.weight!, H),
      by: numbers.bias!,
    };
  }

  get parameters(): TinyNetwork {
    return this.#read("data");
  }

  /** Runs both passes. @returns the loss and its gradient */
  backward(): { loss: number; gradient: TinyNetwork } {
    for (const { grad } of Object.values(this.#tensors)) grad?.data.fill(0);
    const loss = this.#loss();
    loss.backward();
    return { loss: loss.item(), gradient: this.#read("grad") };
  }

  /** W <- W - lr dW, after {@link backward}. */
  update(lr: number): void {
    new optim.SGD(this.#tensors, { lr }).step();
  }
}

const flat = ({ Waa, Wax, ba, Wya, by }: TinyNetwork) => [Waa, Wax, Wya].flat(2).concat(ba, by);

/**
 * Shows every number of one forward and one backward pass of an RNN that predicts the next letter of a word, and compares the
 * gradients with those of the library. With `updates`, gradient descent runs before, so that the loss is smaller.
 *
 * @throws ERR_VALUE if the word does not have 2 to 8 letters, or `hidden` is not from 1 to 8
 */
export async function backpropagation(options: BackpropagationOptions = {}): Promise<BackpropagationResult> {
  const { word = "hello", hidden = 3, updates = 0, lr = 0.5 } = options;
  const text = [...word];
  if (text.length < 2 || text.length > 8) {
    throw new UnrolledError("ERR_VALUE", `the word has ${text.length} letters, expected 2 to 8`);
  }
  if (!Number.isInteger(hidden) || hidden < 1 || hidden > 8) {
    throw new UnrolledError("ERR_VALUE", `hidden is ${hidden}, expected a whole number from 1 to 8`);
  }
  return inLab(options, ({ rt }) => {
    const letters = [...new Set(text)];
    const ids = text.map((letter) => letters.indexOf(letter));
    const [inputs, targets] = [ids.slice(0, -1), ids.slice(1)];
    const network = new LibraryNetwork(rt, hidden, letters.length, inputs, targets);
    const losses: number[] = [];
    for (let i = 0; i < updates; i++) {
      losses.push(network.backward().loss);
      network.update(lr);
    }
    const { parameters } = network;
    const { loss: last, gradient: library } = network.backward();
    losses.push(last);
    const steps = passes(parameters, letters, inputs, targets);
    const gradient = steps.map(({ adds }) => adds).reduce(addNetworks);
    const theirs = flat(library);
    return {
      word,
      letters,
      hidden,
      parameters,
      steps,
      loss: steps.reduce((sum, { loss }) => sum + loss, 0),
      losses,
      gradient,
      library,
      difference: Math.max(...flat(gradient).map((value, i) => Math.abs(value - theirs[i]!))),
    };
  });
}
