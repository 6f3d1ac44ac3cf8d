import { checkTogether, MAX_WIDTH, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { type Infer, object, oneOf, whole } from "../../schema.ts";

/** Maximum number of vectors that are joined to one. */
const MAX_STACK = 100;

const fields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["transcriber"]),
  /** Size of each vector, such as the number of features of sound, 1 to 65,536. */
  features: whole(0, MAX_WIDTH),
  /**
   * Number of neighbouring vectors that are joined to one before the network reads them, 1 to 100. It divides the steps of the network:
   * with 3, vectors 1 to 3 are the first step. The text must not need more steps than are left.
   */
  stack: whole(1, MAX_STACK).default(1),
});

/** The spec of a transcriber (a text for a sequence of vectors) as plain JSON. */
export interface TranscriberSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `TranscriberSpec`. */
export const transcriberSchema = () =>
  object({ ...fields(), ...networkSchema.fields }, (spec, refuse) => {
    if (spec.tied) refuse("tied is true, but a transcriber has no weight for input and output");
    if (!spec.features) refuse("features is 0, but a transcriber reads vectors, not tokens");
    if (spec.embedding) refuse(`embedding is ${spec.embedding}, but a transcriber reads vectors as they are`);
    checkTogether(spec, refuse);
  });

/** Returns the default spec. @param features size of each vector */
export function defaultTranscriberSpec(features: number): TranscriberSpec {
  return {
    ...networkSchema.defaults,
    ...transcriberSchema().defaults,
    task: "transcriber",
    features,
    hidden: 128,
    layers: 2,
    dropout: 0.2,
    bidirectional: true,
  };
}

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkTranscriberSpec(given: unknown): TranscriberSpec {
  return transcriberSchema().check(given, "spec");
}
