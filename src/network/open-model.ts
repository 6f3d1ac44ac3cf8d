import { checkInstance, checkList, checkThat } from "../checks.ts";
import { openSafetensors } from "../io/safetensors.ts";
import { Workspace } from "../runtime/workspace.ts";
import type { SpecSchema, TableReader } from "./model.ts";
import { readMetadata, refuseCheckpoint } from "./model-file.ts";
import { needsUnrolled } from "./needs-unrolled.ts";
import { StoredWeights } from "./stored-weights.ts";

/** A class of packed models that files can hold. */
export interface PackedClass<P> {
  /** Tells TypeScript the class of the models. */
  readonly prototype: P;
  /** The task's name in specs and files. */
  readonly task: string;
  /** The task's name in files of earlier versions, if it was different. */
  readonly formerTask?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the specs and tables of any class
  schema(): SpecSchema<any>;
  // biome-ignore lint/suspicious/noExplicitAny: the specs and tables of any class
  tables(spec: any): Readonly<Record<string, TableReader>>;
  /** Packs the weights of a file. @param spec a spec that the schema has checked @param tables the model's tables by name @internal */
  // biome-ignore lint/suspicious/noExplicitAny: the specs and tables of any class
  open(weights: StoredWeights, spec: any, tables: any): P;
}

/** What to do with a file of another class. */
const OTHERS = "; name its Packed class, or use loadModel of unrolled";

/**
 * Opens the file of a saved model to run it. The weights go from the bytes straight into the packed form that `model.pack()` of
 * `unrolled` makes, and the results are the same. The bytes are no longer needed afterwards.
 *
 * @param bytes the contents of the file
 * @param kinds allowed classes, such as `[PackedLanguageModel]`
 * @throws ERR_FORMAT if the file is damaged, its model has a different class or only runs with `unrolled`, ERR_SHAPE if a tensor has the wrong shape, ERR_VALUE if
 *   a weight is not finite
 */
export function openModel<K extends PackedClass<unknown>>(
  runtime: Workspace,
  bytes: Uint8Array,
  kinds: readonly K[],
): K["prototype"] {
  checkInstance("openModel: runtime", runtime, Workspace, "a Runtime of unrolled/run");
  const stored = openSafetensors(bytes);
  refuseCheckpoint(stored);
  for (const kind of checkList("openModel: kinds", kinds)) {
    checkThat("openModel: a class", kind, kind?.open !== undefined, "one such as PackedLanguageModel");
  }
  const { kind, spec, tables, dtype } = readMetadata(stored, kinds, OTHERS);
  if (dtype === "int8") throw needsUnrolled("dtype is int8");
  return runtime.frame(() => {
    const weights = new StoredWeights(runtime, stored.tensors);
    const model = kind.open(weights, spec, tables);
    weights.end();
    return model;
  });
}
