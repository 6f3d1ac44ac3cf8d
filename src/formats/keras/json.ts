import { formatError } from "../byte-reader.ts";

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Tells whether a value is an object and not a list. */
export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Maximum depth of nesting. A model in a model in a model has 30. */
const DEPTH = 250;

/** Parses an object of JSON, as Keras writes it. @throws ERR_FORMAT if it is something else, or nested more than 250 deep */
export function parseObject(what: string, text: string): Json {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === '"') isText = !isText;
    else if (isText) i += Number(letter === "\\");
    else if (letter === "{" || letter === "[") depth++;
    else if (letter === "}" || letter === "]") depth--;
    if (depth > DEPTH) formatError(what, `JSON nested more than ${DEPTH} deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    formatError(what, `no valid JSON: ${(error as Error).message}`);
  }
  return isObject(value) ? value : formatError(what, "expected an object of JSON");
}
