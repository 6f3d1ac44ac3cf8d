import { chromium, firefox } from "./browser.mjs";
import { bun } from "./bun.mjs";
import { deno } from "./deno.mjs";
import { node } from "./node.mjs";
import { studioInChromium, studioInFirefox } from "./studio.mjs";
import { webkit } from "./webkit.mjs";
import { workerd } from "./workerd.mjs";

/** Every runtime under test. */
export const adapters = [
  ...node,
  deno,
  bun,
  chromium,
  firefox,
  webkit,
  workerd,
  studioInChromium,
  studioInFirefox,
];
