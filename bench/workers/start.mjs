// Time from importing the library to the first step of an LSTM with 128 units, in a fresh process: prints milliseconds.

const variant = process.argv[2];
const start = performance.now();
const { createRuntime, nn } = await import("../../dist/index.js");
const rt = await createRuntime({ variant });
const stream = new nn.LSTM(rt, { inputSize: 128, hiddenSize: 128 }).pack().stream();
stream.step(new Float32Array(128));
console.log(JSON.stringify(performance.now() - start));
