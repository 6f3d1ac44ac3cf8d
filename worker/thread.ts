// The module that `connect` loads if the session runs in this thread.

export { TASKS } from "../src/tasks/index.ts";
export { Session } from "./session.ts";
