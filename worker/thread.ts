// The chunk that `connect` loads to run a session in this thread.

export { TASKS } from "../src/tasks/index.ts";
export { Session } from "./session.ts";
