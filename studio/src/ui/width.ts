import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { inOwnTask } from "./own-task.ts";

/** Returns the width of an element in whole pixels; 0 before it is known. */
export function useWidth(place: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    let cancel = () => {};
    const observer = new ResizeObserver(([entry]) => {
      cancel();
      cancel = inOwnTask(() => setWidth(Math.floor(entry!.contentRect.width)));
    });
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      cancel();
    };
  }, [place]);
  return width;
}
