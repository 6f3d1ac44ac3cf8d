/**
 * Reads a text with a language model and records what its units do.
 *
 * @returns for each unit of the recurrent layers, its hidden state after each character of the text
 */
export function readUnits(model, text) {
  const { hidden, layers } = model.spec;
  const units = Array.from({ length: layers * hidden }, (_, i) => ({
    layer: Math.floor(i / hidden) + 1,
    unit: i % hidden,
    values: new Float32Array(text.length),
  }));
  const packed = model.pack();
  const stream = packed.stream();
  model.encode(text).forEach((id, step) => {
    stream.feed(id);
    const { h } = stream.state;
    for (const [i, { values }] of units.entries()) values[step] = h[i];
  });
  stream.dispose();
  packed.dispose();
  return units;
}
