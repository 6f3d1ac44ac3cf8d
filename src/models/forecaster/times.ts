// Dates and times of day as tables write them.

const CLOCK =
  "(\\d\\d?)[:.h](\\d\\d)(?:[:.](\\d\\d)(?:[.,]\\d+)?)?\\s*([ap]m)?\\s*(?:Z|UTC|[+-]\\d\\d:?\\d\\d)?";

/** The parts of a date in the order of the capturing groups, and the notation. */
const DATES = [
  ["ymd", "(\\d{4})[-/.]?(\\d\\d?)(?:[-/.]?(\\d\\d?))?"],
  ["dmy", "(\\d\\d?)[-/. ](\\d\\d?)[-/. ](\\d{4}|\\d\\d)"],
  ["dmy", "(?:[\\p{L}]+\\.?,? )?(?:(\\d\\d?)[-. ]+)?(\\p{L}{3,12})\\.?[-, ]+(\\d{4}|\\d\\d)"],
  ["mdy", "(\\p{L}{3,12})\\.? (\\d\\d?),? (\\d{4})"],
  ["ymd", "(\\d{4})年(\\d\\d?)月(?:(\\d\\d?)日)?"],
] as const;

const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

/** Other languages whose names of months are read. */
const LANGUAGES = ["de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ru"];

let months: Map<string, number> | undefined;

/** Returns the numbers of the months by their names in other languages: long and short, in lower case, without a point. */
function monthNames(): Map<string, number> {
  if (months) return months;
  months = new Map();
  for (const language of LANGUAGES) {
    for (const month of ["long", "short"] as const) {
      // The day is there because some languages decline the name of a month beside one.
      for (const format of [{ month }, { month, day: "numeric" }] as const) {
        const dates = new Intl.DateTimeFormat(language, { ...format, timeZone: "UTC" });
        for (let at = 0; at < 12; at++) {
          const parts = dates.formatToParts(Date.UTC(2024, at, 9));
          const name = parts.find(({ type }) => type === "month")!.value;
          months.set(name.toLowerCase().replace(".", ""), at + 1);
        }
      }
    }
  }
  return months;
}

/** A cell of more characters than this is neither a date nor a time. */
const LONGEST = 60;

const match = (notation: string, cell: string) =>
  cell.length > LONGEST ? null : new RegExp(`^${notation}$`, "iu").exec(cell);

/**
 * Parses a date, with or without a time of day, to seconds. Zones of time are ignored.
 *
 * @param monthFirst whether 02/03/2024 is the third of February
 * @returns undefined if the cell is anything else
 */
export function parseDate(cell: string, monthFirst = false): number | undefined {
  if (!/\d/.test(cell)) return undefined;
  for (const [order, notation] of DATES) {
    const found = match(`${notation}(?:[T ,]+${CLOCK})?`, cell);
    if (!found) continue;
    const part = (letter: string) => found[1 + order.indexOf(letter)];
    const parts = [part("m") ?? "1", part("d") ?? "1"].map(monthOrDay);
    if (monthFirst && notation === DATES[1][1]) parts.reverse();
    const [month, day] = parts as [number, number];
    const year = Number(part("y"));
    const seconds = found[4] ? secondsOf(found.slice(4)) : 0;
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined;
    return Date.UTC(year < 70 ? year + 2000 : year, month - 1, day) / 1000 + seconds;
  }
  return undefined;
}

/** Parses a time of day. Returns its seconds since midnight, or undefined for anything else. */
export function parseClock(cell: string): number | undefined {
  const found = match(CLOCK, cell);
  return found ? secondsOf(found.slice(1)) : undefined;
}

/**
 * Returns the number of a month or day; 0 for a word that is no month. Months are English names or their first three letters, or
 * names of another language.
 */
function monthOrDay(text: string): number {
  if (/\d/.test(text)) return Number(text);
  const word = text.toLowerCase().normalize("NFC");
  const at = MONTHS.indexOf(word.slice(0, 3));
  return at % 3 ? (monthNames().get(word) ?? 0) : at / 3 + 1;
}

function secondsOf([hour, minute, second = "0", half]: readonly (string | undefined)[]): number {
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0) : Number(hour);
  return 3600 * hours + 60 * Number(minute) + Number(second);
}
