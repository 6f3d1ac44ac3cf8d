// An encoder-decoder (seq2seq) with attention: turns dates as people write them into ISO format, character by character.

import {
  createRuntime,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  SequenceTrainer,
  sequencePair,
} from "unrolled";

const styles = ["en-GB", "en-US", "de-DE"].flatMap((locale) => [`${locale} long`, `${locale} medium`]);
const dates = Array.from({ length: 1200 }, (_, i) => {
  const date = new Date(Date.UTC(1980, 0, 1 + 13 * i));
  const [locale, dateStyle] = styles[i % 6].split(" ");
  return [date.toLocaleDateString(locale, { dateStyle, timeZone: "UTC" }), date.toISOString().slice(0, 10)];
});

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultEncoderDecoderSpec("char", "char"), hidden: 48, embedding: 16 };
const pairs = dates.map(([source, target]) => sequencePair(source, target, spec));
const model = new EncoderDecoder(runtime, spec, EncoderDecoder.tablesOf(pairs, spec));
const parts = { train: pairs.slice(100), validation: pairs.slice(0, 100) };
const trainer = new SequenceTrainer(model, parts, { batch: 32, lr: 0.01, lrDecayOver: 210 });

for (let i = 1; i <= 210; i++) {
  const loss = trainer.step();
  if (i % 70 === 0) console.log(`iteration ${i}: ${loss.toFixed(3)} nats per character`);
}
const { exact, tokenErrorRate } = trainer.validate();
console.log(`${(100 * exact).toFixed(0)}% exact, character error rate ${(100 * tokenErrorRate).toFixed(1)}%`);

const written = "28 August 1983";
const [{ text, tokens, attention }] = model.predict([written], { beam: 4, attention: true });
console.log(`${written} -> ${text}`);
const places = tokens.map((_, t) => attention[t].indexOf(Math.max(...attention[t])));
console.log(tokens.map((token, t) => `${token} looks at "${written[places[t]]}"`).join("\n"));
runtime.dispose();
