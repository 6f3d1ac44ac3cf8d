// The script of every worker of the studio. Its name says what a worker does, so the library is downloaded once for all.

import { expose } from "comlink";
import { serve } from "unrolled/serve";
import { TASKS } from "unrolled/tasks";
import { check } from "./desk/check.ts";
import { Desk } from "./desk/desk.ts";
import { further } from "./desk/further.ts";
import type { Reads } from "./desk/reader.ts";
import { Bench } from "./lab/bench.ts";

if (self.name === "desk") expose(new Desk());
else if (self.name === "reader") expose({ check, further } satisfies Reads);
else if (self.name === "lab") expose(new Bench());
else serve(TASKS);
