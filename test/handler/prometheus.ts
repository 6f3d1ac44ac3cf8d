/** A line of figures. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const LINE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (NaN|[+-]Inf|-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
);

/**
 * Reads Prometheus' text format 0.0.4 strictly.
 *
 * @throws Error if a line is invalid, a family has no type or two, its lines stand apart, a sample comes twice, or a histogram does not
 *   count up to its +Inf
 */
export function readMetrics(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string];
      if (kind === "TYPE") {
        if (types.has(name)) throw new Error(`${name} has two types`);
        if (!/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`${name} is a ${rest}`);
        types.set(name, rest);
      }
      family = name;
      continue;
    }
    const found = LINE.exec(line);
    if (!found) throw new Error(`invalid line: ${line}`);
    const [, name = "", labels = "", value = ""] = found;
    const isPart = types.get(family) === "histogram" && name.replace(/_(bucket|sum|count)$/, "") === family;
    if (name !== family && !isPart) throw new Error(`${name} is not in its family, but in ${family}`);
    if (!types.has(family)) throw new Error(`${family} has no type`);
    if (types.get(family) === "counter" && !name.endsWith("_total")) throw new Error(`${name} is a counter`);
    if (seen.has(`${name}{${labels}}`)) throw new Error(`${line} comes twice`);
    seen.add(`${name}{${labels}}`);
    const pairs = [...labels.matchAll(new RegExp(LABEL, "g"))].map(([pair]) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), JSON.parse(pair.slice(at + 1)) as string] as const;
    });
    samples.push({
      name,
      labels: Object.fromEntries(pairs),
      value: Number(value.replace("Inf", "Infinity")),
    });
  }
  checkHistograms(samples);
  return samples;
}

function checkHistograms(samples: readonly Sample[]): void {
  for (const { name, labels, value } of samples) {
    if (!name.endsWith("_count")) continue;
    const others = ({ le: _, ...rest }: Sample["labels"]) => JSON.stringify(rest);
    const bucket = name.replace(/_count$/, "_bucket");
    const own = samples.filter((one) => one.name === bucket && others(one.labels) === others(labels));
    const bounds = own.map((one) => Number(one.labels.le!.replace("Inf", "Infinity")));
    const counts = own.map((one) => one.value);
    const rises = (list: readonly number[]) => list.every((x, i) => !i || x >= list[i - 1]!);
    if (!rises(bounds) || !rises(counts) || bounds.at(-1) !== Infinity || counts.at(-1) !== value) {
      throw new Error(`${name} ${JSON.stringify(labels)} is no histogram`);
    }
  }
}
