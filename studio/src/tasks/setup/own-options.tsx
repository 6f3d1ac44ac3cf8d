import type { TaskName } from "unrolled/worker";
import { Choice, NumberField, WordField } from "../../ui/fields.tsx";
import type { FieldNames } from "../../ui/plain.ts";

/** How own data are read, and for forecasters what is forecast. Names are those of the library's options. */
export interface OwnOptions {
  readonly level?: string;
  readonly labelFirst?: boolean;
  readonly multiLabel?: boolean;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly tokenColumn?: string;
  readonly tagColumn?: string;
  readonly format?: string;
  /** Whether the first line has the names of the columns: `yes` or `no`. */
  readonly header?: string;
  readonly decimal?: string;
  /** Numbers that stand for missing ones, or `none`. */
  readonly missing?: string;
  readonly fill?: string;
  readonly target?: readonly string[];
  readonly horizon?: number;
}

const LEVELS = {
  "language-model": [
    ["", "Characters"],
    ["word", "Words"],
  ],
  others: [
    ["", "Whatever fits"],
    ["char", "Characters"],
    ["word", "Words"],
  ],
} as const;

type Choices = readonly (readonly [value: string, title: string])[];

const FILLS: Choices = [
  ["", "Do not fill gaps"],
  ["previous", "Fill gaps with the number before"],
  ["linear", "Fill gaps with a line between neighbours"],
];

const FITS = ["", "Whatever fits"] as const;

const JSON_FORMATS: Choices = [
  ["jsonl", "JSON, an object in each line"],
  ["json", "JSON, one list of objects"],
];

const TABLE_FORMATS: Choices = [["csv", "Table (CSV)"], ...JSON_FORMATS];

const FORMATS: Readonly<Partial<Record<TaskName, Choices>>> = {
  forecaster: [FITS, ...TABLE_FORMATS],
  transcriber: [FITS, ...JSON_FORMATS],
};

const TEXT_FORMATS: Choices = [FITS, ["text", "Plain lines"], ...TABLE_FORMATS];

const HEADERS: Choices = [FITS, ["yes", "Names of the columns"], ["no", "Data"]];

const DECIMALS: Choices = [FITS, [".", "Point"], [",", "Comma"]];

type ColumnName = "textColumn" | "labelColumn" | "tokenColumn" | "tagColumn";

/** The columns that a task reads, with their names in the form. */
const COLUMNS: Readonly<Record<TaskName, readonly (readonly [ColumnName, string])[]>> = {
  "language-model": [],
  classifier: [
    ["textColumn", "Column of the text"],
    ["labelColumn", "Column of the label"],
  ],
  tagger: [
    ["tokenColumn", "Column of the word"],
    ["tagColumn", "Column of the tag"],
  ],
  "encoder-decoder": [
    ["textColumn", "Column of the source"],
    ["labelColumn", "Column of the target"],
  ],
  autoencoder: [["textColumn", "Column of the text"]],
  generator: [
    ["labelColumn", "Column of the condition"],
    ["textColumn", "Column of the text"],
  ],
  embedder: [
    ["textColumn", "Column of the text"],
    ["labelColumn", "Column of the partner"],
  ],
  forecaster: [],
  transcriber: [
    ["textColumn", "Field of the vectors"],
    ["labelColumn", "Field of the text"],
  ],
};

const HAS_LEVEL: readonly TaskName[] = [
  "language-model",
  "classifier",
  "autoencoder",
  "generator",
  "embedder",
];

const HAS_LABELS: readonly TaskName[] = ["classifier", "tagger"];

const SEVERAL = "Several labels, with commas between them";

const hasFormat = (task: TaskName) => task !== "language-model";
const hasHeader = (task: TaskName) => hasFormat(task) && task !== "transcriber";
const formatsOf = (task: TaskName) => FORMATS[task] ?? TEXT_FORMATS;

/** Returns the names of the fields below, for messages that name the options which they set. */
export function fieldNames(task: TaskName): FieldNames {
  const choices = (option: string, name: string, choices: Choices) => [
    [option, name],
    ...choices.map(([value, title]) => [`${option} ${value}`, `${name}: ${title}`]),
  ];
  const flag = (option: string) => option.replace("C", "-c");
  return Object.fromEntries([
    ...COLUMNS[task].map(([option, name]) => [flag(option), name]),
    ...(HAS_LEVEL.includes(task) ? [["level", "Read as"]] : []),
    ...(task === "classifier" ? [["label-first", "The label comes first"]] : []),
    ...(HAS_LABELS.includes(task) ? [["multi-label", SEVERAL]] : []),
    ...(hasFormat(task) ? choices("format", "Format", formatsOf(task)) : []),
    ...(hasHeader(task)
      ? [
          ["header", "First line: Names of the columns"],
          ["no-header", "First line: Data"],
        ]
      : []),
    ...(task === "forecaster"
      ? [
          ...choices("decimal", "Decimal mark", DECIMALS),
          ...FILLS.map(([value, title]) => [`fill ${value}`, title]),
          ["missing", "Marks for missing numbers"],
        ]
      : []),
  ]);
}

interface OwnOptionsProps {
  readonly task: TaskName;
  readonly options: OwnOptions;
  /** The columns of numbers that were found. */
  readonly columns: readonly string[];
  readonly horizon: number;
  readonly onChange: (options: OwnOptions) => void;
}

/** Fields that say how own data are read. */
export function OwnOptionsFields({ task, options, columns, horizon, onChange }: OwnOptionsProps) {
  const set = (change: { [Name in keyof OwnOptions]?: OwnOptions[Name] | undefined }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...options, ...change }).filter(([, value]) => value !== undefined),
      ),
    );
  const targets = options.target ?? columns;
  return (
    <div class="pair">
      {HAS_LEVEL.includes(task) && (
        <Choice
          name="Read as"
          choices={LEVELS[task === "language-model" ? task : "others"]}
          value={options.level ?? ""}
          onChange={(level) => set({ level: level || undefined })}
        />
      )}
      {task === "classifier" && (
        <label class="check">
          <input
            type="checkbox"
            checked={options.labelFirst ?? false}
            onChange={({ currentTarget }) => set({ labelFirst: currentTarget.checked || undefined })}
          />
          The label comes first
        </label>
      )}
      {HAS_LABELS.includes(task) && (
        <label class="check">
          <input
            type="checkbox"
            checked={options.multiLabel ?? false}
            onChange={({ currentTarget }) => set({ multiLabel: currentTarget.checked || undefined })}
          />
          {SEVERAL}
        </label>
      )}
      {COLUMNS[task].map(([option, name]) => (
        <WordField
          key={option}
          name={name}
          about="name or number; empty: found out"
          value={options[option] ?? ""}
          onChange={(column) => set({ [option]: column || undefined })}
        />
      ))}
      {hasFormat(task) && (
        <Choice
          name="Format"
          choices={formatsOf(task)}
          value={options.format ?? ""}
          onChange={(format) => set({ format: format || undefined })}
        />
      )}
      {hasHeader(task) && (
        <Choice
          name="First line"
          choices={HEADERS}
          value={options.header ?? ""}
          onChange={(header) => set({ header: header || undefined })}
        />
      )}
      {task === "forecaster" && (
        <>
          <Choice
            name="Decimal mark"
            choices={DECIMALS}
            value={options.decimal ?? ""}
            onChange={(decimal) => set({ decimal: decimal || undefined })}
          />
          <WordField
            name="Marks for missing numbers"
            about="such as -999; none: all are numbers; empty: found out"
            value={options.missing ?? ""}
            onChange={(missing) => set({ missing: missing || undefined })}
          />
          <NumberField
            name="Steps ahead"
            min={1}
            max={1000}
            value={options.horizon ?? horizon}
            onChange={(horizon) => set({ horizon })}
          />
          <Choice
            name="Gaps"
            choices={FILLS}
            value={options.fill ?? ""}
            onChange={(fill) => set({ fill: fill || undefined })}
          />
        </>
      )}
      {task === "forecaster" && columns.length > 1 && (
        <fieldset class="plain targets">
          <legend>Columns to forecast</legend>
          <div class="chips">
            {columns.map((column) => (
              <label key={column} class="check">
                <input
                  type="checkbox"
                  checked={targets.includes(column)}
                  onChange={({ currentTarget }) => {
                    const next = columns.filter((one) =>
                      one === column ? currentTarget.checked : targets.includes(one),
                    );
                    if (next.length) set({ target: next.length === columns.length ? undefined : next });
                    else currentTarget.checked = true;
                  }}
                />
                {column}
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </div>
  );
}

/** Returns the options as the library takes them, and the fields of the spec among them. */
export function forLibrary({ horizon, header, missing, ...options }: OwnOptions): {
  readonly options: object;
  readonly spec: object;
} {
  const own = Object.entries(options).map(([name, value]) => [
    name,
    name.endsWith("Column") && /^\d+$/.test(value as string) ? Number(value) : value,
  ]);
  return {
    options: {
      ...Object.fromEntries(own),
      ...(header && { header: header === "yes" }),
      ...(missing && { missing: (missing.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number) }),
    },
    spec: horizon === undefined ? {} : { horizon },
  };
}
