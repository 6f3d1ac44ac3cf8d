// Cloudflare: npx wrangler dev, with wrangler.jsonc in the folder of this file.

import { createRuntime } from "unrolled/run";
import { makeHandler } from "./handler.mjs";
import mood from "./models/mood.safetensors";
import writer from "./models/writer.safetensors";

const files = { writer: new Uint8Array(writer), mood: new Uint8Array(mood) };

export default makeHandler(await createRuntime(), files);
