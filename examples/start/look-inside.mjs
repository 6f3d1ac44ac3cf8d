import { bestUnit } from "./best-unit.mjs";
import { LANDMARKS } from "./landmarks.mjs";
import { nextLetters } from "./next-letters.mjs";
import { readUnits } from "./read-units.mjs";

/** Number of characters, from the end of the text, in which units are compared. */
const READ = 8000;

/** The beginning of the passage that is shown, and its number of lines. */
const [BEGINNING, LINES] = ["JULIET:\nO Romeo, Romeo! wherefore", 5];

/** Where the model is asked what comes next: inside the passage, after some words. */
const ASKED = {
  read: "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo?\n\nROMEO:\n",
  text: "My good lord",
};

/**
 * Looks inside a trained model.
 *
 * @param text a text that contains the passage
 * @returns followers: for each landmark, the unit that follows it best, the closest first; passage: lines of the text;
 *   values: the first follower's values there; next: the likeliest letters along a sentence
 */
export function lookInside(model, text) {
  const end = text.slice(-READ);
  const start = text.indexOf(BEGINNING);
  const passage = text.slice(start).split("\n").slice(0, LINES).join("\n");
  const units = readUnits(model, end);
  const followers = Object.entries(LANDMARKS)
    .map(([thing, see]) => ({ thing, ...bestUnit(units, see(end)) }))
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
  const { values } = readUnits(model, passage)[followers[0].unit];
  return { followers, passage, values, next: nextLetters(model, ASKED.read, ASKED.text, 3) };
}
