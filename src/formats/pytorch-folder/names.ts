import type { NetworkSpec } from "../../network/spec.ts";
import type { StoredTensor } from "../../runtime/tensor.ts";

type Tensors = Readonly<Record<string, StoredTensor>>;

/** A parameter of a head with hidden layers: where the head is, the number of a hidden layer, and the rest. */
const OWN = /^(.*\b)?head\.(?:hidden_l(\d+)\.)?(weight|bias)$/;
const TORCH = /^(.*\b)?head\.(\d+)\.(weight|bias)$/;

/**
 * Names the parameters of a model as its PyTorch module does: the layers of a head with hidden layers are those of torch.nn.Sequential,
 * `head.0`, `head.2`, ... A tied output layer has its weight too.
 */
export function torchNames(state: Tensors, { head, tied }: NetworkSpec): Record<string, StoredTensor> {
  const renamed = (name: string) =>
    name.replace(OWN, (_, at = "", layer, what) => `${at}head.${2 * Number(layer ?? head.length)}.${what}`);
  const named = Object.entries(state).map(([name, tensor]) => [head.length ? renamed(name) : name, tensor]);
  const tensors: Record<string, StoredTensor> = Object.fromEntries(named);
  if (tied) tensors[tiedName(state, head.length)] = vectorsOf(state);
  return tensors;
}

/** Names the parameters as the model does. It is the inverse of `torchNames`. */
export function ownNames(
  state: Tensors,
  { head, tied }: Pick<NetworkSpec, "head" | "tied">,
): Record<string, StoredTensor> {
  const last = tied && tiedName(state, head.length);
  const kept = Object.entries(state).filter(([name]) => name !== last);
  if (!head.length) return Object.fromEntries(kept);
  return Object.fromEntries(
    kept.map(([name, tensor]) => [
      name.replace(TORCH, (_, at = "", layer, what) =>
        Number(layer) === 2 * head.length
          ? `${at}head.${what}`
          : `${at}head.hidden_l${Number(layer) / 2}.${what}`,
      ),
      tensor,
    ]),
  );
}

/** The prefix of the network that has the head: a decoder is a part of its model. */
const partOf = (state: Tensors) =>
  Object.keys(state).some((name) => name.startsWith("decoder.")) ? "decoder." : "";

const tiedName = (state: Tensors, hidden: number) =>
  `${partOf(state)}head.${hidden ? `${2 * hidden}.` : ""}weight`;

const vectorsOf = (state: Tensors) => state[`${partOf(state)}embedding.weight`]!;
