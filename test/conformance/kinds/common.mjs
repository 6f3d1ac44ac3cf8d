/** The options of a recurrent module from PyTorch's configuration. */
export function moduleOptions({
  input_size,
  hidden_size,
  num_layers = 1,
  bias,
  batch_first,
  bidirectional,
  nonlinearity,
}) {
  return {
    inputSize: input_size,
    hiddenSize: hidden_size,
    numLayers: num_layers,
    bias,
    batchFirst: batch_first,
    bidirectional,
    ...(nonlinearity && { nonlinearity }),
  };
}

/**
 * Checks outputs and out.loss, the sum of loss.<weight> * output over the outputs, and runs backwards from them: the
 * weights are the gradients of the outputs.
 */
export function weightedLoss({ rt, data, check }, outputs, weights) {
  let loss = 0;
  const seeds = Object.entries(outputs).map(([name, tensor]) => {
    const got = tensor.toArray();
    check.tensor(`out.${name}`, got);
    const seed = data.tensor(rt, `loss.${weights[name]}`);
    for (let i = 0; i < got.length; i++) loss += got[i] * seed.data[i];
    return seed;
  });
  if (data.has("out.loss")) check.tensor("out.loss", [loss]);
  rt.backward(Object.values(outputs), seeds);
}
