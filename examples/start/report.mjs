import { paint } from "./paint.mjs";

/** Length of the bar of a certain letter. */
const BAR = 20;
/** Names of characters that cannot be seen. */
const SHOWN = { " ": "space", "\n": "new line" };

/** Returns what `lookInside` found, as text for a terminal. @param colour whether the terminal shows colours */
export function report({ followers, passage, values, next }, colour) {
  const [{ unit, thing }] = followers;
  const asked = next.map(({ letter }) => letter).join("");
  return [
    "A look inside. Each unit of the network is a number that changes with every character. Nobody told them",
    "what to do, but some follow things that have a name (r: correlation):",
    "",
    ...followers.map(
      ({ unit, thing, r }) => `  unit ${String(unit).padEnd(4)} ${thing} (r = ${r.toFixed(2)})`,
    ),
    "",
    `Unit ${unit} (${thing}), from ${colour ? "low (blue) to high (orange)" : "low ▁ to high █"}:`,
    "",
    ...paint(passage, values, colour),
    "",
    `What the network expects next, letter by letter in "${asked}":`,
    "",
    ...next.map(({ guesses }, i) => `  ${asked.slice(0, i + 1).padEnd(asked.length)}${row(guesses)}`),
  ].join("\n");
}

function row([first, ...others]) {
  const bar = "█".repeat(Math.round(first.probability * BAR));
  return `${share(first)} ${bar.padEnd(BAR)}${others.map(share).join("")}`;
}

function share({ letter, probability }) {
  return `${(SHOWN[letter] ?? letter).padStart(10)}${`${Math.round(probability * 100)}%`.padStart(5)}`;
}
