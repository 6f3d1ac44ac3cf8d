// Opens the models of the part `serving` for a handler: the same in every runtime.

/**
 * @param library `dist/index.js`, or its version for a platform
 * @param files the bytes of the models by name
 */
export async function openModels({ Classifier, createRuntime, LanguageModel, loadModel }, files) {
  const rt = await createRuntime();
  return {
    mood: { model: loadModel(rt, files.mood, [Classifier]), file: files.mood },
    writer: { model: loadModel(rt, files.writer, [LanguageModel]), file: files.writer },
  };
}
