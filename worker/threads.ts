export type NodeThreads = typeof import("node:worker_threads");

/** Node's threads. Bundlers for pages do not see through the name, and leave the import alone. */
export function nodeThreads(): Promise<NodeThreads> {
  const name = ["node", "worker_threads"].join(":");
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}
