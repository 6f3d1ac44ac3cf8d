/** How examples are written in a file. */
export const FORMATS = ["text", "jsonl", "json", "csv", "conllu"] as const;

/**
 * The format of a file of examples.
 *
 * - `text`: a line for each example, with tabs between its columns. For taggers, a line for each token
 * - `jsonl`: a JSON object in each line
 * - `json`: an array of JSON objects
 * - `csv`: a table with commas, semicolons or tabs between cells, and quotes around cells that contain them (RFC 4180)
 * - `conllu`: ten columns for each token, as in Universal Dependencies
 */
export type DataFormat = (typeof FORMATS)[number];

const BY_ENDING: Readonly<Record<string, DataFormat>> = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  csv: "csv",
  conllu: "conllu",
};

/**
 * Returns the format of a file: the given one, else what the end of the file's name says, else the format of the training data, else
 * `text`.
 *
 * @param name name of the file
 * @param given the format that the user chose
 * @param trained the format of the training data
 */
export function formatOf(name: string, given?: DataFormat, trained?: DataFormat): DataFormat {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return given ?? BY_ENDING[ending] ?? trained ?? "text";
}
