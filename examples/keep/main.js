// Trains a classifier on a file that the user chooses, answers at every key, and keeps the model over a reload.

import { openStore } from "unrolled/storage";
import { connect } from "unrolled/worker";

const ids = ["file", "cancel", "bar", "state", "text", "answer"];
const [file, cancel, bar, state, text, answer] = ids.map((id) => document.getElementById(id));
const percent = (share) => `${Math.round(100 * share)}%`;

const store = await openStore("my-classifier");
const reader = await connect(); // answers with the stored model, even while another worker trains a new one

/** Opens a model for the answers. */
async function open(model) {
  await reader.load(model);
  text.disabled = false;
  await show();
}

/** Shows the label of the text. A text without a word has none. */
async function show() {
  const asked = text.value;
  if (!asked.trim()) {
    answer.value = "";
    return;
  }
  const [{ label, probability }] = await reader.predict([asked]);
  if (asked === text.value) answer.value = `${label}, ${percent(probability)}`;
}

/** Trains on a file. Only a finished model replaces the stored one, so `train` gets no store. */
async function train(data, signal) {
  const trainer = await connect({ signal });
  try {
    const { run } = await trainer.start({
      task: "classifier",
      data,
      spec: { hidden: 32, embedding: 32 },
      signal,
    });
    await trainer.train({
      onStep: ({ iteration }) => {
        bar.value = iteration / run.iterations;
      },
      onValidation: ({ evaluation }) => {
        state.textContent = `${percent(evaluation.accuracy)} of the held-out texts are right`;
      },
      signal,
    });
    const model = await trainer.model("best");
    await store.save("model", model);
    await open(model);
    bar.value = 1; // training may have ended early
  } finally {
    trainer.release();
  }
}

file.addEventListener("change", async () => {
  const stop = new AbortController();
  cancel.onclick = () => stop.abort();
  [file.disabled, cancel.disabled] = [true, false];
  state.textContent = "Reading …";
  try {
    await train(file.files[0], stop.signal);
  } catch (error) {
    bar.value = 0;
    state.textContent = stop.signal.aborted ? "Cancelled." : `It failed: ${error.message}`;
  }
  [file.disabled, cancel.disabled] = [false, true];
  file.value = ""; // the same file can be chosen again
});
text.addEventListener("input", show);

const model = await store.load("model");
if (model) await open(model);
file.disabled = false;
