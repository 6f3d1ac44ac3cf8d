import { UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import type { Candidate, SearchSpace } from "../../search/space.ts";
import { fieldValue, internalOf } from "./distributions.ts";
import type { StudyTrial } from "./studies.ts";
import { externalOf } from "./trials.ts";

/**
 * Returns the values that a waiting trial asks for: those of `study.enqueue_trial`, or of a trial that was added as a whole.
 *
 * @throws ERR_VALUE if the space does not have one of them
 */
export function askedValues(space: SearchSpace, { system, params }: StudyTrial): Candidate {
  const added = [...params].map(([name, param]) => [name, externalOf(param)] as const);
  const asked = [...Object.entries(Object(system.fixed_params)), ...added];
  return Object.fromEntries(
    asked.map(([name, value]) => {
      const dimension = Object.hasOwn(space, name) ? space[name] : undefined;
      if (!dimension) refuse(`${name} is not searched, only ${Object.keys(space).join(", ")}`);
      const internal = internalOf(dimension, value);
      if (internal === undefined) refuse(`${name} is ${show(value)}, not in ${JSON.stringify(dimension)}`);
      return [name, fieldValue(dimension, internal)];
    }),
  );
}

function refuse(problem: string): never {
  throw new UnrolledError("ERR_VALUE", problem);
}
