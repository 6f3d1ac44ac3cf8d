/** Where a Web Worker hears from whoever started it. */
export const parent = globalThis as unknown as EventTarget;
