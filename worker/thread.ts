// What `connect` loads where there is no worker.

export { TASKS } from "../src/tasks/index.ts";
export { Session } from "./session.ts";
