import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Tip {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Shows the text of `data-tip` of the part of `body` that is under the pointer. */
export function useTips(body: RefObject<HTMLElement | null>) {
  const [tip, setTip] = useState<Tip>();
  useEffect(() => {
    const element = body.current!;
    const move = (event: PointerEvent) => {
      const part = (event.target as Element).closest("[data-tip]");
      setTip(part ? { text: part.getAttribute("data-tip")!, x: event.clientX, y: event.clientY } : undefined);
    };
    const leave = () => setTip(undefined);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerdown", move);
    element.addEventListener("pointerleave", leave);
    return () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerdown", move);
      element.removeEventListener("pointerleave", leave);
    };
  }, [body]);
  if (!tip) return null;
  const left = Math.min(tip.x + 12, innerWidth - 240);
  return (
    <div class="tip" style={{ left: `${left}px`, top: `${tip.y + 16}px` }} aria-hidden="true">
      {tip.text}
    </div>
  );
}
