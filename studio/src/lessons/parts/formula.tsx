import type { ComponentChildren } from "preact";

/** An equation on a line of its own, written with `sub` and `sup`. A long one breaks. */
export function Formula({ children }: { readonly children: ComponentChildren }) {
  return <p class="formula">{children}</p>;
}
