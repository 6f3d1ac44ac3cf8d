import { openStore } from "../../../src/storage/disk.node.ts";
import * as tasks from "../../../src/tasks/index.ts";
import { wideKernels } from "../../../src/wide/wide.node.ts";
import { Connection, connect, startGroup } from "../../../worker/connect.ts";
import { serve } from "../../../worker/serve.ts";
import { type Any, checkpointBytes, connection, method, model, modelBytes, type Row } from "./setup.ts";

/** Workers and storage. */
export const rows: readonly Row[] = [
  ["connect", () => [{ worker: false }], async (options) => (await connect(options)).release()],
  [
    "startGroup",
    () => [model, 1, {}],
    async (...args: Any) => (await (startGroup as Any)(...args)).release(),
  ],
  ["new Connection", () => [{}], (options) => new Connection(options)],
  ["Connection.ready", () => [{}], (options) => connection.ready(options)],
  ["Connection.start", () => [{ data: "a" }], (options) => connection.start(options)],
  [
    "Connection.restore",
    () => [{ data: "a", checkpoint: checkpointBytes }],
    (options) => connection.restore(options),
  ],
  [
    "Connection.restore: checkpoint",
    () => [checkpointBytes],
    (checkpoint) => connection.restore({ data: "a", checkpoint }),
  ],
  ["Connection.load", () => [modelBytes, {}], (...args: Any) => (connection.load as Any)(...args)],
  ["Connection.train", () => [{}], (options) => connection.train(options)],
  ["Connection.evaluate", () => [{}], (options) => connection.evaluate(options)],
  ["Connection.predict", () => [["a"], {}], (...args: Any) => (connection.predict as Any)(...args)],
  ["Connection.generate", () => [{}], (options) => connection.generate(options)],
  ["Connection.suggest", () => ["a", {}], (...args: Any) => (connection.suggest as Any)(...args)],
  ["wideKernels", () => [{ wide: "off" }], wideKernels],
  ["wideKernels: variant", () => ["strict"], (variant) => wideKernels({ variant, wide: "off" })],
  ["wideKernels: wide", () => ["off"], (wide) => wideKernels({ wide })],
  ["openStore", () => ["/tmp/unrolled-wrong-types"], openStore],

  method(
    "Connection.model",
    () => connection,
    () => ["best"],
  ),
  ["serve", () => [[tasks.classifierTask]], serve],
];
