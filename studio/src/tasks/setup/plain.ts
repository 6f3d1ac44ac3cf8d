/** The names in the form of options and fields that messages of the library name. */
const NAMES: Readonly<Record<string, string>> = {
  "label-first": "The label comes first",
  "text-column": "Column of the text",
  "label-column": "Column of the label",
  "token-column": "Column of the word",
  "tag-column": "Column of the tag",
  "fill previous": "Fill gaps with the number before",
  "fill linear": "Fill gaps with a line between neighbours",
  level: "Read as",
  hidden: "Units in each layer",
  layers: "Layers",
  cell: "Cell",
  lr: "Learning rate",
  batch: "Mini-batch",
  epochs: "Epochs",
  iterations: "Iterations",
  horizon: "Steps ahead",
};

const OF_COMMAND_LINE = /--([a-z]+(?:-[a-z]+)*(?: (?:previous|linear)\b)?)/g;

/** Says a message of the library with the names of the form: options of the command line, and fields of spec and recipe. */
export function plain(message: string): string {
  return message
    .replace(OF_COMMAND_LINE, (option, name: string) => {
      const words = NAMES[name];
      return words ? `“${words}”` : option;
    })
    .replace(/ \((?:--[\w-]+(?:, )?)+\)/g, "")
    .replace(/^(?:spec|recipe): /, "")
    .replace(
      /^(hidden|layers|cell|lr|batch|epochs|iterations|horizon) is /,
      (_, name: string) => `“${NAMES[name]}” is `,
    );
}
