import { checkObject } from "../checks.ts";
import { type TokenSpec, tokenize } from "../data/words.ts";

/**
 * Scripts whose words are found in word lists of the runtime: the letters of each script, and sentences that different word
 * lists cut differently.
 */
const SCRIPTS: Readonly<Record<string, readonly [letters: RegExp, probe: string]>> = {
  Chinese: [/\p{Script=Han}/u, "研究生命起源北京大学生前来应聘"],
  Japanese: [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, "すもももももものうち外国人参政権スマートフォン"],
  Thai: [/\p{Script=Thai}/u, "ตากลมนั่งตากลมโรงเรียนสอนภาษาไทย"],
  Lao: [/\p{Script=Lao}/u, "ສາທາລະນະລັດປະຊາທິປະໄຕຂ້ອຍຮັກພາສາ"],
  Khmer: [/\p{Script=Khmer}/u, "ព្រះរាជាណាចក្រកម្ពុជាភាសាខ្មែរ"],
  Burmese: [/\p{Script=Myanmar}/u, "မြန်မာနိုင်ငံသည်အရှေ့တောင်အာရှ"],
};

/** The field `segmenter` of a model that was trained without word lists. */
export const CHARACTERS = "characters";

const WORDS = { level: "word", segmentation: "unicode", tokens: "words" } as const;

/** Tells whether this runtime has word lists. Some have no `Intl.Segmenter`. */
const canSegment = () => Boolean(globalThis.Intl?.Segmenter);

/** Returns a hash of the words that this runtime finds in a text (FNV-1a). */
function hashOf(probe: string): string {
  let hash = 0x811c9dc5;
  for (const unit of tokenize(probe, WORDS).join(" ")) {
    hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Returns the version of ICU, which has the word lists, or an empty string if the runtime does not tell it. */
function version(): string {
  const { process } = globalThis as { process?: { versions?: { icu?: string } } };
  const icu = process?.versions?.icu;
  return icu ? `ICU ${icu}` : "";
}

/**
 * Returns the field `segmenter` of a spec: the version of the word lists if it is known, and a hash of the words that they find
 * for each script of the texts. It is an empty string if no script needs word lists.
 */
export function segmenterOf(texts: Iterable<string>): string {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [name, [letters]] of Object.entries(SCRIPTS)) if (letters.test(text)) found.add(name);
  }
  const scripts = Object.keys(SCRIPTS).filter((name) => found.has(name));
  if (!scripts.length) return "";
  if (!canSegment()) return CHARACTERS;
  return [version(), ...scripts.map((name) => `${name} ${hashOf(SCRIPTS[name]![1])}`)]
    .filter(Boolean)
    .join(", ");
}

/**
 * Returns a note if this runtime cuts texts into other words than the runtime that trained the model. If it does not, returns
 * undefined.
 *
 * @param spec the spec of the model
 */
export function segmenterNote(spec: object): string | undefined {
  const { segmenter = "" } = checkObject("segmenterNote", spec, "spec is") as TokenSpec;
  if (!segmenter || segmenter === CHARACTERS) return undefined;
  const stored = segmenter.split(", ");
  const scripts = stored.map((part) => part.split(" ")[0]!).filter((name) => name in SCRIPTS);
  if (!canSegment()) {
    return `this runtime has no Intl.Segmenter: it reads ${scripts.join(", ")} as characters, but the model was trained on words`;
  }
  const changed = scripts.filter((name) => !stored.includes(`${name} ${hashOf(SCRIPTS[name]![1])}`));
  if (!changed.length) return undefined;
  const versions = [
    stored.find((part) => part.startsWith("ICU")) ?? "another runtime",
    version() || "this one",
  ];
  return `this runtime finds other words in ${changed.join(", ")} than the one that trained the model (${versions.join(", here ")}): expect worse results`;
}
