import { TASKS } from "../src/tasks/index.ts";
import { serve } from "./serve.ts";

// The script of the worker that `connect` starts.

serve(TASKS);
