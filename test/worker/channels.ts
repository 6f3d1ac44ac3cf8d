import type { ModelClass, TaskModel } from "../../src/models/task-model.ts";
import { follow } from "../../worker/follower.ts";
import { Group, type GroupOptions } from "../../worker/group.ts";

/** A group whose followers are in this thread, behind real ports; `ports` are their ends. */
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
