import { below, type Random } from "./random.ts";

const SMALL = [
  "",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

function below100(n: number): string {
  if (n < 20) return SMALL[n]!;
  const [tens, ones] = [TENS[Math.floor(n / 10)]!, SMALL[n % 10]!];
  return ones ? `${tens}-${ones}` : tens;
}

/** Writes a number from 1 to 999 in English words. */
export function inWords(n: number): string {
  if (n < 100) return below100(n);
  const hundreds = `${SMALL[Math.floor(n / 100)]} hundred`;
  return n % 100 ? `${hundreds} and ${below100(n % 100)}` : hundreds;
}

/**
 * Makes lines such as "three hundred and forty-two = 342". To write the digits, a network has to remember words that it read up to 28
 * letters before.
 */
export function numberText(random: Random, lines: number): string {
  const line = () => {
    const n = 1 + below(random, 999);
    return `${inWords(n)} = ${n}\n`;
  };
  return Array.from({ length: lines }, line).join("");
}
