import { useEffect, useMemo, useState } from "preact/hooks";

export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours of a scale from -1 to 1. */
export interface Scale {
  readonly low: Rgb;
  readonly middle: Rgb;
  readonly high: Rgb;
}

function parse(hex: string): Rgb {
  const digits = /^#(\w\w)(\w\w)(\w\w)$/.exec(hex.trim());
  return digits ? ([1, 2, 3].map((i) => Number.parseInt(digits[i]!, 16)) as unknown as Rgb) : [128, 128, 128];
}

/** Returns the colour of a value from -1 to 1. Values past the ends have the colours of the ends. */
export function colourOf(value: number, { low, middle, high }: Scale): Rgb {
  const end = value < 0 ? low : high;
  const share = Math.min(1, Math.abs(value));
  return middle.map((from, i) => Math.round(from + (end[i]! - from) * share)) as unknown as Rgb;
}

/** Returns the scale of the style sheet, for pictures that are drawn pixel by pixel. It follows light and dark. */
export function useScale(): Scale {
  const [isDark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const change = () => setDark(media.matches);
    media.addEventListener("change", change);
    return () => media.removeEventListener("change", change);
  }, []);
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => parse(style.getPropertyValue(name));
    return { low: colour("--train"), middle: colour("--card"), high: colour("--validation") };
  }, [isDark]);
}
