// The library's messages name options of the command line and fields of specs and recipes. A page has fields with other names, or none.

import { withNames } from "./visible.ts";

/** Names of fields on the page, by the option that they set (`text-column`), or by option and value (`fill linear`). */
export type FieldNames = Readonly<Record<string, string>>;

/** Fields of specs and recipes, as the form calls them. */
const SETTINGS: FieldNames = {
  hidden: "Units in each layer",
  layers: "Layers",
  cell: "Cell",
  lr: "Learning rate",
  batch: "Mini-batch",
  epochs: "Epochs",
  iterations: "Iterations",
  horizon: "Steps ahead",
};

const OPTION =
  /--([a-z]+(?:-[a-z]+)*)(?: (previous|linear|text|csv|jsonl|json|none|[.,](?=[ );]|$)|-?\d+(?:\.\d+)?))?/g;

/** Advice that a page has no field for, and what it says instead. */
const PHRASES: readonly (readonly [phrase: RegExp, words: string])[] = [
  [/convert it first: iconv.*$/, "save it again in a text editor, with the encoding UTF-8"],
  [/shorten it with cut/, "shorten it"],
  [/smaller batch(?: or seq)?/, "smaller mini-batch"],
  [/, join vectors with a larger stack|; use a smaller stack|, or a smaller minimum/, ""],
  [/, or free tensors with scope\(\)| \(level, tokens\)|; tokens words splits them off/, ""],
  [/; decide with that option/, "; decide which"],
  [/^[A-Z]\w+\.\w+: |^(?:spec|recipe): /, ""],
  [
    /(\d+) symbols?, expected at least (\d+): 2 batches of 1 x \d+; .*$/,
    "the text has $1 characters or words, and at least $2 are needed, half to learn from and half to test on; take a longer text",
  ],
  [
    /(\d+) symbols?, expected at least (\d+): 2 batches of (\d+) x \d+; .*$/,
    "the text has $1 characters or words, and at least $2 are needed to read $3 pieces of it at a time; take a longer text, or a smaller mini-batch",
  ],
  [
    /(\d+ \w+), expected at least (\d+): (\d+) to train on and \d+ to validate on$/,
    "$1 cannot do: at least $2 are needed, $3 to learn from and $3 to test on",
  ],
  [
    /\ba (\w+) reads jsonl or json, not \w+$/,
    "this task reads JSON alone, as in the example above, and not a table or plain text",
  ],
  [/^your rows has no rows of numbers$/, "No line has numbers"],
  [/ has no rows of numbers$/, " has no line of numbers"],
];

/** Says a message of the library in words of the page. @param names the fields of the page; without them, no option is named */
export function plain(message: string, names: FieldNames = {}): string {
  let said = message.replace(OPTION, (option, name: string, value?: string) => {
    const exact = names[`${name} ${value}`];
    if (exact) return `“${exact}”`;
    return names[name] ? `“${names[name]}”${value === undefined ? "" : ` ${value}`}` : option;
  });
  said = withoutOptions(said);
  for (const [phrase, words] of PHRASES) said = said.replace(phrase, words);
  return withNames(said).replace(
    /^(hidden|layers|cell|lr|batch|epochs|iterations|horizon) is /,
    (_, name: string) => `“${SETTINGS[name]}” is `,
  );
}

/** Leaves out the clauses and brackets of a message that name an option. */
function withoutOptions(message: string): string {
  const left = message
    .replace(/ \([^()]*--[a-z][^()]*\)|: (?:use )?--[a-z-]+(?=;|$)| for --[a-z]+-column/g, "")
    .replace(/--([a-z]+)-column and --([a-z]+)-column are/, "$1 and $2 have");
  if (!/--[a-z]/.test(left)) return left;
  const clauses = left.split("; ").map((clause) =>
    clause
      .split(", or ")
      .filter((part) => !/--[a-z]/.test(part))
      .join(", or "),
  );
  return clauses.filter(Boolean).join("; ");
}
