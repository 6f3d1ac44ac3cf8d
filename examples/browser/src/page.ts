/** Returns an element of index.html. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as T;
}

export function button(id: string, press: () => unknown): HTMLButtonElement {
  const found = element<HTMLButtonElement>(id);
  found.addEventListener("click", () => void press());
  return found;
}

/** Makes an element with a text. */
export function made(tag: string, text: string, className = ""): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

/** Calls `show` at most once per frame. */
export function onceAFrame(show: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    // A hidden tab has no frames, so a timer replaces them.
    const next = document.hidden ? (go: () => void) => setTimeout(go) : requestAnimationFrame;
    next(() => {
      asked = false;
      show();
    });
  };
}

export function download(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
