import { createHandler } from "../../../src/handler/index.ts";
import { nodeListener } from "../../../src/handler/node.node.ts";
import type { Any, Row } from "./setup.ts";

/** What answers requests. */
export const rows: readonly Row[] = [
  [
    "createHandler",
    () => [{ a: { model: { predict: (inputs: readonly unknown[]) => inputs } } }, { report: () => {} }],
    (...args: Any) => (createHandler as Any)(...args).ready,
  ],
  ["nodeListener", () => [{ fetch: async () => new Response("") }], nodeListener],
];
