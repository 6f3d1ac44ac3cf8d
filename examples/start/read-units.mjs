/**
 * Reads a text with a language model and records what its units do.
 *
 * @returns the units of all layers, the first layer's first, each with its hidden state after each character of the text
 */
export function readUnits(model, text) {
  const { hidden, layers } = model.spec;
  const units = Array.from({ length: layers * hidden }, (_, unit) => ({
    unit,
    values: new Float32Array(text.length),
  }));
  const packed = model.pack();
  const stream = packed.stream();
  model.encode(text).forEach((id, step) => {
    stream.feed(id);
    const { h } = stream.state;
    for (const { unit, values } of units) values[step] = h[unit];
  });
  stream.dispose();
  packed.dispose();
  return units;
}
