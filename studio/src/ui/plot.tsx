import { type PlotOptions, plot } from "@observablehq/plot";
import { useEffect, useRef } from "preact/hooks";
import { inOwnTask } from "./own-task.ts";
import { useWidth } from "./width.ts";

export interface PlotProps {
  /** Height in pixels; fixed, so that nothing below moves when the picture changes. */
  readonly height: number;
  /** Returns the options of Observable Plot, which gets width and height from here. */
  readonly draw: (width: number) => PlotOptions;
}

/** A chart of Observable Plot as wide as its place. It draws again at every render. */
export function Plot({ height, draw }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  useEffect(() => {
    const frame = place.current;
    if (!width || !frame) return;
    return inOwnTask(() => {
      const style = { background: "none", color: "var(--ink)", fontFamily: "inherit", fontSize: "12px" };
      const chart = plot({ style, marginTop: 24, marginBottom: 38, ...draw(width), width, height });
      // The figure around it says in words what it shows.
      for (const part of [chart, ...chart.querySelectorAll("[aria-label]")])
        part.removeAttribute("aria-label");
      frame.replaceChildren(chart); // the page may have changed meanwhile
    });
  });
  return <div ref={place} style={{ minHeight: `${height}px` }} />;
}
