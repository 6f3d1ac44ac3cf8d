import type { TaskName } from "unrolled/worker";

/** Makes a file of pasted text. Its name says how the text is written, which the library goes by. */
export function pastedFile(text: string, task: TaskName): File {
  return new File([text], `pasted.${endingOf(text.trim(), task)}`);
}

function endingOf(text: string, task: TaskName): string {
  if (task === "language-model") return "txt";
  if (text.startsWith("{")) return "jsonl";
  if (/^\[\s*\{/.test(text)) return "json";
  const [first = ""] = text.split("\n");
  return !first.includes("\t") && /^[^,]+(,[^,\s][^,]*)+$/.test(first) && task !== "autoencoder"
    ? "csv"
    : "txt";
}
