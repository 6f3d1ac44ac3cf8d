import { type TextSource, textSource } from "unrolled/tasks";
import type { CheckProgress } from "./checked.ts";

/** Says how far data have been read. */
export type Report = (progress: CheckProgress) => void;

/** Returns a file as a source that reports how far it has been read. @param see gets each piece of its text */
export function watched(
  file: File,
  stage: CheckProgress["stage"],
  report: Report,
  see: (chunk: string) => void = () => {},
): TextSource {
  const source = textSource(file);
  const encoder = new TextEncoder();
  async function* chunks() {
    let bytes = 0;
    for await (const chunk of source.chunks) {
      report({ stage, share: bytes / file.size });
      bytes += encoder.encode(chunk).length;
      see(chunk);
      yield chunk;
    }
    report({ stage: "preparing", share: 1 });
  }
  return { ...source, chunks: chunks() };
}
