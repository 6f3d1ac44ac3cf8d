// Does with a file what people do with it: open it, show it, predict, write, evaluate; or resume its run for an iteration.

/**
 * Uses a model file or a checkpoint. Errors of the class UnrolledError are answers; all others are thrown.
 *
 * @param library what `unrolled` and `unrolled/tasks` export
 * @param runtime where the model is built; afterwards it holds nothing
 * @param bytes the file
 * @param own data, inputs and options that fit the file before it was damaged
 * @returns what succeeded
 */
export async function useFile(
  { loadModel, openCheckpoint, UnrolledError, TASKS, textSource },
  runtime,
  bytes,
  own,
) {
  const kinds = TASKS.map(({ Model }) => Model);
  const taskOf = ({ task }) => TASKS.find(({ Model }) => Model.task === task);
  const data = () => textSource(own.text, own.data);
  const done = [];
  /** Returns undefined if the step is answered by an error. */
  const attempt = async (what, step) => {
    try {
      const result = await step();
      done.push(what);
      return result;
    } catch (error) {
      if (!(error instanceof UnrolledError)) throw error;
      if (error.message.length > 5000) throw new Error(`a message of ${error.message.length} characters`);
    }
  };

  const model = await attempt("load", () => loadModel(runtime, bytes, kinds));
  if (model) {
    const task = taskOf(model.spec);
    await attempt("info", () => JSON.stringify([model.spec, model.tables, model.parameterCount]));
    if (task.predict) await attempt("predict", () => task.predict(model, own.predict?.inputs ?? []));
    if (task.write) await attempt("write", () => [...task.write(model, own.write?.options)]);
    await attempt("evaluate", () => task.evaluate(model, data()));
    model.dispose();
    return done;
  }
  const checkpoint = await attempt("open", () => openCheckpoint(bytes, kinds));
  if (!checkpoint) return done;
  const { spec, recipe, progress } = checkpoint;
  const read = await attempt("read", () => taskOf(spec).read({ data: data() }, {}, checkpoint));
  const made = await attempt("prepare", () => read?.resume(spec, recipe.seed));
  if (!made) return done;
  const trainer = await attempt("restore", () =>
    checkpoint.restore(runtime, progress.dataHash, (model, recipe) => made.trainer(model, recipe)),
  );
  if (!trainer) return done;
  await attempt("step", () => trainer.step());
  await attempt("validate", () => trainer.validate());
  trainer.dispose();
  trainer.model.dispose();
  return done;
}
