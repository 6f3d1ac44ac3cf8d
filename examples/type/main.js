// Classifies a text at every key, and shows which words decide.

import { Classifier, createRuntime, loadModel, UNKNOWN_SYMBOL } from "unrolled";

const [text, bar, answer, line] = ["text", "bar", "answer", "words"].map((id) => document.getElementById(id));

const file = await fetch("model.safetensors");
const model = loadModel(await createRuntime(), new Uint8Array(await file.arrayBuffer()), [Classifier]);

/** Returns the probability that each list of words is praise. */
const praiseOf = (texts) => model.predict(texts).map(({ probabilities }) => probabilities.positive);

function show() {
  const words = model.tokens(text.value);
  if (words.length === 0) {
    bar.value = 0.5;
    answer.value = "";
    line.replaceChildren();
    return;
  }
  // One call for the text and for each text in which a word is replaced by an unknown one.
  const [praise, ...without] = praiseOf([words, ...words.map((_, i) => words.with(i, UNKNOWN_SYMBOL))]);
  bar.value = praise;
  answer.value = praise > 0.5 ? `praise, ${percent(praise)}` : `blame, ${percent(1 - praise)}`;
  line.replaceChildren(...words.flatMap((word, i) => [coloured(word, praise - without[i]), " "]));
}

const percent = (share) => `${Math.round(100 * share)}%`;

/** Makes a word that is greener the more it adds to the praise, and redder the more it takes away. */
function coloured(word, effect) {
  const span = document.createElement("span");
  span.textContent = word;
  span.title = `${effect < 0 ? "" : "+"}${(100 * effect).toFixed(1)} points`;
  span.dataset.effect = effect;
  span.style.background = `hsl(${effect > 0 ? 130 : 5} 80% 50% / ${Math.min(1, 2 * Math.abs(effect))})`;
  return span;
}

text.addEventListener("input", show);
text.disabled = false;
show();
