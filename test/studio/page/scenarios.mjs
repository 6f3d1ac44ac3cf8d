// What the studio has to do. Each scenario has its own site, without what others have stored.
// With `evaluates`, the page's content policy allows the driver to evaluate scripts; the others run under the real policy.

import { basicScenarios } from "./basics.mjs";
import { dataScenarios } from "./data.mjs";
import { lessonScenarios } from "./lessons.mjs";
import { rightScenarios } from "./right.mjs";
import { runScenarios } from "./runs.mjs";
import { sizeScenarios } from "./sizes.mjs";
import { taskScenarios } from "./tasks.mjs";

export const scenarios = [
  ...sizeScenarios,
  ...basicScenarios,
  ...runScenarios,
  ...dataScenarios,
  ...taskScenarios,
  ...rightScenarios,
  ...lessonScenarios,
];
