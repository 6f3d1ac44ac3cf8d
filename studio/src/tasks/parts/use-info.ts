import { ask } from "../../desk/ask.ts";
import type { ModelInfo } from "../../desk/basic.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import type { Model } from "../../runs/models.ts";

/** Returns task and spec of a model, once they are known. They are those of its run, whatever the weights are. */
export const useInfo = (model: Model): ModelInfo | undefined =>
  useAnswer(() => ask(model, "info"), [model.run]).value;
