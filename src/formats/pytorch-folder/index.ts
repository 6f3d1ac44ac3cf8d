// Folders for PyTorch: a module, its weights and a script that trains with several processes.

export { CHECKPOINT, CONFIG, readFolder, WEIGHTS, writeFolder } from "./folder.ts";
export { untrainable } from "./tasks.ts";
