// A tagger in a program: a tag for every word. It also reads the characters of words, so that the ending tells an unseen word.

import * as u from "unrolled";

const stems = "blick dax fep gorp lorp mib nuz plim spov tream vash wug zib krel".split(" ");
const stem = (i) => stems[i % stems.length];
const examples = Array.from({ length: 200 }, (_, i) => ({
  tokens: ["the", `${stem(i * 5)}ous`, `${stem(i * 3 + 1)}er`, `${stem(i * 11)}s`, `${stem(i * 13)}ly`],
  labels: ["DET", "ADJ", "NOUN", "VERB", "ADV"],
})).map(({ tokens, labels }, i) => ({ tokens: tokens.slice(i % 3), labels: labels.slice(i % 3) }));

const runtime = await u.createRuntime({ seed: 1 });
const parts = u.holdOut(examples, 1); // holds out a tenth for validation
const spec = { ...u.defaultTaggerSpec(), hidden: 24, embedding: 16, characters: 8, characterHidden: 8 };
const model = new u.Tagger(runtime, spec, u.labelTables(parts.train, spec));
const trainer = new u.LabelTrainer(model, parts, { lr: 0.01, average: 0 });

for (let i = 1; i <= 60; i++) {
  const loss = trainer.step();
  if (i % 20 === 0) console.log(`iteration ${i}: ${loss.toFixed(3)} nats per word`);
}
console.log(`accuracy ${u.evaluateLabels(model, parts.validation).accuracy}`);
const words = ["the", "quiffous", "shreeker", "snorfs", "glemly"]; // none of these stems was in the examples
const [tags] = model.predict([words]);
console.log(words.map((word, i) => `${word}/${tags[i]}`).join(" "));
runtime.dispose();
