import { paint } from "./paint.mjs";

const BAR = 20;
const SHOWN = { " ": "space", "\n": "new line" };

/** Returns what `lookInside` found as text for a terminal. @param colour whether the terminal shows colours */
export function report({ followers, passage, values, next }, colour) {
  const [{ unit, thing }] = followers;
  const name = (letter) => SHOWN[letter] ?? letter;
  const row = (guesses) =>
    guesses.map(({ letter, probability }, i) => {
      const share = `${name(letter).padStart(i ? 9 : 6)} ${String(Math.round(probability * 100)).padStart(3)}%`;
      return i ? share : `${share} ${"█".repeat(Math.round(probability * BAR)).padEnd(BAR)}`;
    });
  const text = next.map(({ letter }) => letter);
  return [
    "Each unit of the network is a number that changes with every character. Nobody told them what to do,",
    "but some follow things that we have names for (r: correlation):",
    "",
    ...followers.map((one) => `  unit ${String(one.unit).padEnd(4)} ${one.thing} (r = ${one.r.toFixed(2)})`),
    "",
    `Unit ${unit} (${thing}), from ${colour ? "blue, low, to orange, high" : "low ▁ to high █"}:`,
    "",
    ...paint(passage, values, colour),
    "",
    `What it expects after each letter of "${text.join("")}":`,
    "",
    ...next.map(({ guesses }, i) => `  ${text.slice(0, i + 1).join("").padEnd(text.length)} ${row(guesses).join("")}`),
  ].join("\n");
}
