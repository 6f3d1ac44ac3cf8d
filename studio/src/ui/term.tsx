import type { ComponentChildren, TargetedToggleEvent } from "preact";
import { useId } from "preact/hooks";

interface TermProps {
  /** The term, as the button names it: "Explain F1". */
  readonly name: string;
  /** What it means, in a sentence or two. */
  readonly about: ComponentChildren;
}

/** Width of the box in pixels, as in the style sheet. */
const WIDTH = 288;

/** Places the box below its button, within the page. */
function place({ newState, currentTarget: box }: TargetedToggleEvent<HTMLElement>): void {
  if (newState !== "open") return;
  const { left, bottom } = document.querySelector(`[popovertarget="${box.id}"]`)!.getBoundingClientRect();
  box.style.left = `${scrollX + Math.max(8, Math.min(left, document.documentElement.clientWidth - WIDTH - 8))}px`;
  box.style.top = `${scrollY + bottom + 4}px`;
}

/** A button after a term that explains it in a box. A screen reader says the explanation at the button. */
export function Term({ name, about }: TermProps) {
  const id = useId();
  return (
    <span class="term">
      <button type="button" popovertarget={id} aria-label={`Explain ${name}`} aria-describedby={id}>
        ?
      </button>
      <span id={id} popover="auto" onBeforeToggle={place}>
        {about}
      </span>
    </span>
  );
}
