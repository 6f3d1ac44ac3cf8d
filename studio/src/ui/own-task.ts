/**
 * Acts in a task of its own, so that pictures which change together do not keep the page busy for as long as all of them need.
 *
 * @returns cancels it
 */
export function inOwnTask(act: () => void): () => void {
  const timer = setTimeout(act);
  return () => clearTimeout(timer);
}
