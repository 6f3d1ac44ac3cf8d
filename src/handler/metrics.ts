/** The content-type of Prometheus' text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Upper bounds of the histogram of times in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Upper bounds of the histogram of batch sizes. */
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];

type Labels = Readonly<Record<string, string>>;

/** Writes labels as {name="value",...}. */
function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replace(/[\\"\n]/g, (mark) => (mark === "\n" ? "\\n" : `\\${mark}`));
    return `${name}="${escaped}"`;
  });
  return pairs.length ? `{${pairs}}` : "";
}

/** Counts values up to each of some bounds. */
class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    const place = this.#bounds.findIndex((bound) => value <= bound);
    this.#counts[place < 0 ? this.#bounds.length : place]!++;
    this.#sum += value;
  }

  *lines(name: string, labels: Labels): Iterable<string> {
    let total = 0;
    for (const [i, count] of this.#counts.entries()) {
      total += count;
      yield `${name}_bucket${labelled({ ...labels, le: String(this.#bounds[i] ?? "+Inf") })} ${total}`;
    }
    yield `${name}_sum${labelled(labels)} ${this.#sum}`;
    yield `${name}_count${labelled(labels)} ${total}`;
  }
}

/** What `Metrics.text` reads when it is called. */
interface Gauges {
  /** Inputs in work. */
  readonly held: number;
  /** Inputs that wait for a batch. */
  readonly waiting: number;
  /** Labels of the models. */
  readonly models: readonly Labels[];
}

/** Counts requests, times and batches, and writes them in Prometheus' text format. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #times = new Map<string, Histogram>();
  readonly #batches = new Map<string, Histogram>();

  /** Counts an answer. @param seconds how long it took */
  answered(route: string, status: number, seconds: number): void {
    const labels = labelled({ route, status: String(status) });
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    histogramOf(this.#times, route, SECONDS).add(seconds);
  }

  /** Counts a batch. */
  batch(model: string, size: number): void {
    histogramOf(this.#batches, model, SIZES).add(size);
  }

  /** Writes all figures. */
  text({ held, waiting, models }: Gauges): string {
    return [
      ...family("unrolled_requests_total", "counter", "Requests by route and status."),
      ...Array.from(this.#requests, ([labels, count]) => `unrolled_requests_total${labels} ${count}`),
      ...family("unrolled_request_seconds", "histogram", "Time from a request to its answer."),
      ...[...this.#times].flatMap(([route, times]) => [
        ...times.lines("unrolled_request_seconds", { route }),
      ]),
      ...family("unrolled_batch_size", "histogram", "Inputs that were computed together."),
      ...[...this.#batches].flatMap(([model, sizes]) => [...sizes.lines("unrolled_batch_size", { model })]),
      ...family("unrolled_inputs_in_work", "gauge", "Inputs of requests that are accepted and not answered."),
      `unrolled_inputs_in_work ${held}`,
      ...family("unrolled_queue_length", "gauge", "Inputs that wait for a batch."),
      `unrolled_queue_length ${waiting}`,
      ...family(
        "unrolled_model_info",
        "gauge",
        "The models: task, and the beginning of their files' SHA-256.",
      ),
      ...models.map((labels) => `unrolled_model_info${labelled(labels)} 1`),
      "",
    ].join("\n");
  }
}

const family = (name: string, type: string, help: string) => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function histogramOf(all: Map<string, Histogram>, key: string, bounds: readonly number[]): Histogram {
  const found = all.get(key) ?? new Histogram(bounds);
  all.set(key, found);
  return found;
}
