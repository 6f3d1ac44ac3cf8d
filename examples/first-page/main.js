import { connect } from "unrolled/worker";

const bar = document.getElementById("bar");
const written = document.getElementById("written");

const ones = ["", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight", "-nine"];
const tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const text = `${tens.flatMap((ten) => ones.map((one) => ten + one)).join(", ")}, `.repeat(20);

const trainer = await connect();
await trainer.start({ data: text, spec: { layers: 1 }, recipe: { batch: 8, lr: 0.005 } });
await trainer.train({
  iterations: 1000,
  onStep: ({ iteration }) => {
    bar.value = iteration / 1000;
  },
});
written.value = await trainer.generate({ prompt: "forty-six, forty-seven, ", length: 70, temperature: 0.5 });
