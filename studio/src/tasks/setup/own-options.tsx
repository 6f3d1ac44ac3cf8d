import type { TaskName } from "unrolled/worker";
import { Choice, NumberField, WordField } from "../../ui/fields.tsx";

/** How own data are read, and for forecasters what is forecast. Names are those of the library's options. */
export interface OwnOptions {
  readonly level?: string;
  readonly labelFirst?: boolean;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly tokenColumn?: string;
  readonly tagColumn?: string;
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

const FILLS = [
  ["", "Do not fill gaps"],
  ["previous", "Fill gaps with the number before"],
  ["linear", "Fill gaps with a line between neighbours"],
] as const;

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
      {COLUMNS[task].map(([option, name]) => (
        <WordField
          key={option}
          name={name}
          about="name or number; empty: found out"
          value={options[option] ?? ""}
          onChange={(column) => set({ [option]: column || undefined })}
        />
      ))}
      {task === "forecaster" && (
        <>
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
export function forLibrary({ horizon, ...options }: OwnOptions): {
  readonly options: object;
  readonly spec: object;
} {
  const own = Object.entries(options).map(([name, value]) => [
    name,
    name.endsWith("Column") && /^\d+$/.test(value as string) ? Number(value) : value,
  ]);
  return { options: Object.fromEntries(own), spec: horizon === undefined ? {} : { horizon } };
}
