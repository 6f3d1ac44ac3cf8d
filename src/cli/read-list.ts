import { UnrolledError } from "../errors.ts";
import { readBytes } from "./files.ts";

/** Reads a list of texts: lines, or as JSON a list, or a table with the number of each text. */
export async function readList(file: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readBytes(file));
  if (!/^\s*[[{]/.test(text)) return text.replace(/\r?\n$/, "").split(/\r?\n/);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UnrolledError("ERR_DATA", `${file} is not JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(parsed)) return parsed;
  const entries = Object.entries(parsed as Record<string, unknown>);
  return entries.sort(([, a], [, b]) => Number(a) - Number(b)).map(([name]) => name);
}
