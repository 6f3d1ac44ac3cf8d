const FLAGS = new RegExp(
  "(^|[\\s(])--(no-header|(?:text|label|token|tag)-column|label-first|multi-label|" +
    "format|header|tokens|level|cut|column|decimal|fill|missing|stack|vectors|validation)(?![\\w-])",
  "g",
);

/** Spells the options in the message of an error as programs do: `textColumn`, not `--text-column`. @returns the error */
export function withOptionNames(error: unknown): unknown {
  if (error instanceof Error) {
    error.message = error.message.replace(FLAGS, (_, before: string, flag: string) => {
      const name = flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return before + (name === "noHeader" ? "header false" : name);
    });
  }
  return error;
}
