/** Returns a name that no other run has. `crypto.randomUUID` exists on https and localhost only. */
export const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
