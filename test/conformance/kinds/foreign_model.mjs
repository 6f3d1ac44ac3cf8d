import { join } from "node:path";
import { isByPlace, isKnown, isRefused, open } from "../foreign/open.mjs";

export const knows = ({ format }) => isKnown(format);

/** What a refusal has to say: what to do instead. */
const WAY = /convert|export|save/;

/** A model of another framework: its calls in order, or its stream. Of formats that are not read, the refusal. */
export function run({ rt, data, check }) {
  const { folder, entry, file, calls, constants } = data;
  const { format } = entry;
  if (isRefused(format)) {
    expectRefused(() => open(rt, join(folder, file), entry));
    return;
  }
  const model = open(rt, join(folder, file), entry);
  const call = constants ? streamOf(model, entry, constants) : caller(model, entry);
  for (const { inputs, outputs: expected } of calls) {
    const outputs = call(inputs);
    Object.entries(expected).forEach(([name, want], place) => {
      const got = outputs[isByPlace(format) ? nameAt(model.outputs, name, place) : name];
      if (!got) throw new Error(`no output is called ${name}`);
      if (got.shape && got.shape.join() !== want.shape.join()) {
        throw new Error(`${name} is [${got.shape}], expected [${want.shape}]`);
      }
      check.within(name, Array.from(got.data, Number), Array.from(want.data, Number), want.tolerance);
    });
  }
  model.dispose();
}

/** Returns the name of the input or output that a case calls x1 or y1, or has in this place. */
function nameAt(infos, name, place) {
  const index = /^[xy](\d+)$/.exec(name)?.[1] ?? place;
  return infos[index]?.name;
}

/** Returns a function that runs the model once, with outputs of the call before in place of inputs if the case says so. */
function caller(model, { format, feedback = {}, input_order = [] }) {
  let before = {};
  const nameOf = (name, place) => {
    if (!isByPlace(format)) return name;
    const told = input_order[/^x(\d+)$/.exec(name)?.[1] ?? place];
    return model.inputs.some((info) => info.name === told) ? told : nameAt(model.inputs, name, place);
  };
  return (inputs) => {
    const given = Object.entries(inputs).map(([name, { data, shape }], i) => [
      nameOf(name, i),
      { data, shape },
    ]);
    const fed = Object.entries(feedback).filter(([output]) => before[output]);
    before = model.run(
      Object.fromEntries([...given, ...fed.map(([output, input]) => [input, before[output]])]),
    );
    return before;
  };
}

/** Returns a function that makes one step of a stream. */
function streamOf(model, { feedback = {} }, constants) {
  const stream = model.stream({ state: feedback, constants: withoutTolerances(constants) });
  return (inputs) => {
    const outputs = stream.step(withoutTolerances(inputs));
    return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, { data }]));
  };
}

const withoutTolerances = (tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data, shape }]) => [name, { data, shape }]));

function expectRefused(action) {
  try {
    action();
  } catch (error) {
    if (error.code && WAY.test(error.message)) return;
    throw error;
  }
  throw new Error("it was not refused");
}
