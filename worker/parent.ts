/** Receives the messages of the thread that started this Web Worker. */
export const parent = globalThis as unknown as EventTarget;
