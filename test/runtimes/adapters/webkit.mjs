// WebKitGTK's small browser, driven by WebDriver on a display without a screen.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { installPrograms, programs } from "../install.mjs";
import { serve } from "../server.mjs";

const SCRIPT_LIMIT = 120_000;

/** Runs in the page: does a task, and returns its result, or its error as text. */
const script = `
  const [task, options, done] = arguments;
  import("/test/runtimes/scenario.mjs")
    .then(({ tasks }) => tasks[task](options))
    .then((result) => done({ result }), (error) => done({ problem: error + "\\n" + error.stack }));`;

/** Starts a display. @returns its name */
async function openDisplay(defer) {
  const xvfb = spawn(programs.display.path, ["-displayfd", "1", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  defer(() => xvfb.kill());
  const [number] = await once(xvfb.stdout, "data");
  return `:${String(number).trim()}`;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Sends a command of the W3C's WebDriver. */
async function command(method, url, body) {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function started(driver) {
  for (let tries = 100; ; tries--) {
    const status = await command("GET", `${driver}/status`).catch(() => undefined);
    if (status) return;
    if (!tries) throw new Error("WebKitWebDriver does not answer");
    await wait(100);
  }
}

export const webkit = {
  name: "WebKit",
  async open(defer) {
    await installPrograms("webkit", "display");
    const server = await serve({ isolated: true }, defer);
    const display = await openDisplay(defer);
    const port = await freePort();
    const driver = `http://127.0.0.1:${port}`;
    const program = spawn(programs.webkit.path, [`--port=${port}`], {
      stdio: "ignore",
      env: { ...process.env, DISPLAY: display },
    });
    defer(() => program.kill());
    await started(driver);
    const { sessionId, capabilities } = await command("POST", `${driver}/session`, { capabilities: {} });
    const session = `${driver}/session/${sessionId}`;
    defer(() => command("DELETE", session));
    await command("POST", `${session}/timeouts`, { script: SCRIPT_LIMIT });
    return {
      version: capabilities.browserVersion,
      workers: "web",
      store: "store",
      async call(task, options = {}) {
        await command("POST", `${session}/url`, { url: server.url });
        const answer = await command("POST", `${session}/execute/async`, { script, args: [task, options] });
        if (answer.problem) throw new Error(answer.problem);
        return answer.result;
      },
    };
  },
};
