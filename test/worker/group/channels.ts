import type { ModelClass, TaskModel } from "../../../src/network/model.ts";
import { type FollowerAnswer, follow } from "../../../worker/group/follower.ts";
import { Group, type GroupOptions } from "../../../worker/group/group.ts";

/** Makes a group whose followers are in this thread, behind real ports; `ports` are the followers' ends. */
export async function startGroup(model: TaskModel, workers: number, options: GroupOptions = {}) {
  const kinds = [model.constructor as unknown as ModelClass];
  const channels = Array.from({ length: workers - 1 }, () => new MessageChannel());
  for (const { port2 } of channels) follow(port2, kinds);
  const group = new Group(
    channels.map(({ port1 }) => port1),
    options,
  );
  await group.open(model);
  return { group, ports: channels.map(({ port2 }) => port2) };
}

/** Forwards the messages between the leader's port and a follower; `answer` can change, delay or replace an answer. */
export function relay(
  model: TaskModel,
  answer: (answer: FollowerAnswer) => FollowerAnswer | Promise<FollowerAnswer>,
): MessagePort {
  const [near, far] = [new MessageChannel(), new MessageChannel()];
  follow(far.port2, [model.constructor as unknown as ModelClass]);
  near.port2.addEventListener("message", ({ data }) => far.port1.postMessage(data));
  near.port2.addEventListener("close", () => far.port1.close());
  far.port1.addEventListener("message", async ({ data }) => near.port2.postMessage(await answer(data)));
  for (const port of [near.port2, far.port1]) port.start();
  return near.port1;
}
