/**
 * The script of the worker that `connect` starts. It serves all tasks and exports nothing.
 *
 * @module unrolled/trainer-worker
 */
import { TASKS } from "../src/tasks/index.ts";
import { serve } from "./serve.ts";

serve(TASKS);
