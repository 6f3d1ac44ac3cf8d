import { useEffect, useRef, useState } from "react";
import { connect } from "unrolled/worker";

const ITERATIONS = 1000;

/** Trains a network on names in a worker, one name a line, and shows new ones. */
export function NameTrainer({ text }: { text: string }) {
  const [progress, setProgress] = useState({ iteration: 0, loss: Number.NaN });
  const [running, setRunning] = useState(false);
  const [result, setResult] = useState("");
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []); // the worker ends with the component

  async function train() {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setRunning(true);
    setResult("");
    try {
      setResult(await inventNames(text, signal, setProgress));
    } catch (error) {
      setResult(signal.aborted ? "Cancelled." : `It failed: ${(error as Error).message}`);
    } finally {
      setRunning(false);
    }
  }

  return (
    <main>
      <h1>New surnames</h1>
      <button type="button" disabled={running} onClick={train}>
        Train
      </button>
      <button type="button" disabled={!running} onClick={() => abort.current?.abort()}>
        Cancel
      </button>
      <p>
        <progress max={ITERATIONS} value={progress.iteration} aria-label="Iterations done" />
        {progress.iteration > 0 &&
          ` ${progress.iteration} of ${ITERATIONS}, loss ${progress.loss.toFixed(2)}`}
      </p>
      <pre role="status">{result}</pre>
    </main>
  );
}

/** Starts a worker, trains a network of 64 units in it, lets it write, and ends it. */
async function inventNames(
  text: string,
  signal: AbortSignal,
  onStep: (step: { iteration: number; loss: number }) => void,
): Promise<string> {
  const worker = await connect<"language-model">({ signal });
  try {
    await worker.start({
      data: text,
      spec: { lines: true, hidden: 64, layers: 1 },
      recipe: { lr: 0.01 },
      signal,
    });
    await worker.train({ iterations: ITERATIONS, onStep, signal }); // onStep: at most 10 times a second
    return await worker.generate({ length: 150, temperature: 0.6 });
  } finally {
    worker.release();
  }
}
