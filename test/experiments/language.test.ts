import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agreement, WORDS } from "../../experiments/generators/agreement.mjs";
import { mulberry32 } from "../../experiments/generators/random.mjs";
import { embeddedReber, SYMBOLS } from "../../experiments/generators/reber.mjs";
import { expectNear, seeds } from "./random.ts";

describe("the embedded Reber grammar", () => {
  /** All strings of up to `length` letters, with their chance: Reber's graph walked arc by arc. */
  function allStrings(length: number): Map<string, number> {
    const arcs: Record<number, [string, number][]> = {
      0: [
        ["T", 1],
        ["P", 2],
      ],
      1: [
        ["S", 1],
        ["X", 3],
      ],
      2: [
        ["T", 2],
        ["V", 4],
      ],
      3: [
        ["X", 2],
        ["S", 9],
      ],
      4: [
        ["P", 3],
        ["V", 9],
      ],
    };
    const found = new Map<string, number>();
    const walk = (state: number, inner: string) => {
      if (inner.length > length - 6) return;
      if (state === 9) {
        for (const outer of "TP") found.set(`B${outer}B${inner}E${outer}E`, 0.5 * 0.5 ** inner.length);
        return;
      }
      for (const [letter, next] of arcs[state]!) walk(next, inner + letter);
    };
    walk(0, "");
    return found;
  }

  const LONGEST = 18;
  const strings = allStrings(LONGEST);

  it("draws strings of the grammar, each as often as its number of choices says", () => {
    const random = mulberry32(1);
    const count = 40_000;
    const drawn = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const { string } = embeddedReber(random);
      if (string.length <= LONGEST && !strings.has(string))
        throw new Error(`${string} is not in the grammar`);
      drawn.set(string, (drawn.get(string) ?? 0) + 1);
    }
    for (const [string, chance] of strings) {
      const deviation = Math.sqrt(chance / count);
      expect(Math.abs((drawn.get(string) ?? 0) / count - chance), string).toBeLessThan(
        5 * deviation + 1 / count,
      );
    }
  });

  it("tells the letters that may follow: those with which some string goes on", () => {
    const random = mulberry32(2);
    const reachable = allStrings(LONGEST + 8); // any prefix can be ended within eight more letters
    const next = new Map<string, Set<string>>();
    for (const string of reachable.keys()) {
      for (let t = 1; t < string.length; t++) {
        const prefix = string.slice(0, t);
        const letters = next.get(prefix) ?? new Set();
        next.set(prefix, letters.add(string[t]!));
      }
    }
    for (let i = 0; i < 500; i++) {
      const { string, legal } = embeddedReber(random);
      expect(legal).toHaveLength(string.length - 1);
      if (string.length > LONGEST) continue;
      legal.forEach((letters, t) => {
        const expected = [...SYMBOLS].filter((letter) => next.get(string.slice(0, t + 1))!.has(letter));
        expect(letters, `${string} at ${t}`).toBe(expected.join(""));
      });
    }
  });

  it("draws long strings from the same grammar, as if short ones were thrown away", () => {
    const longer = 12;
    const random = mulberry32(3);
    const left = [...strings].filter(([string]) => string.length > longer);
    const drawn = Array.from({ length: 20_000 }, () => embeddedReber(random, longer).string).filter(
      (string) => string.length <= LONGEST,
    );
    const all = left.reduce((sum, [, chance]) => sum + chance, 0);
    for (const begin of ["TS", "TX", "PT", "PV", "TSS", "TXX", "PVP", "PVV"]) {
      const expected = left.filter(([string]) => string.startsWith(begin, 3));
      const share = drawn.filter((string) => string.startsWith(begin, 3)).length / drawn.length;
      expectNear(share, expected.reduce((sum, [, chance]) => sum + chance, 0) / all, begin);
    }
    for (let length = longer + 1; length <= LONGEST; length++) {
      const expected = left.filter(([string]) => string.length === length);
      const share = drawn.filter((string) => string.length === length).length / drawn.length;
      expectNear(share, expected.reduce((sum, [, chance]) => sum + chance, 0) / all, `length ${length}`);
    }
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 200 }), (seed, length) => {
        const { string, legal } = embeddedReber(mulberry32(seed), length);
        expect(string.length).toBeGreaterThan(length);
        expect(string[1]).toBe(string.at(-2));
        legal.forEach((letters, t) => {
          expect(letters).toContain(string[t + 1]);
        });
      }),
    );
  });

  it("depends on the seed alone", () => {
    const random = mulberry32(6001);
    const drawn = [0, 0, 20].map((longerThan) => embeddedReber(random, longerThan).string);
    expect(drawn).toEqual(["BPBTSXXTTVPXTVVEPE", "BPBPTVPSEPE", "BTBTSSSXXVPXTTTVPXTTTVPXVPSETE"]);
  });
});

describe("sentences whose verb agrees with a noun far back", () => {
  const NOUN = /^the (author|boat|book|cat|dog|girl|key|pilot|senator|teacher)(s?)/;
  const MODIFIERS = {
    preposition: /^(above|behind|near|next to|of|with) (?=the )/,
    object: /^that (?=the )/,
    subject: /^that (admire|avoid|follow|like|see)(s?) (?=the )/,
    past: /^that (liked|met|saw) (?=the )/,
  };

  /** Takes a sentence apart: the nouns' number, and of each verb of a clause its own and its subject's number. */
  function parse(prefix: string): { nouns: boolean[]; verbs: { plural: boolean; subject: boolean }[] } {
    const nouns: boolean[] = [];
    const verbs: { plural: boolean; subject: boolean }[] = [];
    let rest = prefix;
    const take = (pattern: RegExp) => {
      const match = pattern.exec(rest);
      if (match) rest = rest.slice(match[0].length).trimStart();
      return match;
    };
    const noun = () => nouns.push(take(NOUN)![2] === "s");
    noun();
    while (rest) {
      if (take(MODIFIERS.preposition) || take(MODIFIERS.past)) {
        noun();
        continue;
      }
      const subject = take(MODIFIERS.subject);
      if (subject) {
        if (nouns.length > 1) throw new Error(`${prefix}: whose verb is ${subject[0]}?`);
        verbs.push({ plural: subject[2] === "", subject: nouns[0]! });
        noun();
      } else if (take(MODIFIERS.object)) {
        noun();
        const verb = take(/^(admire|avoid|follow|like|see)(s?)/)!;
        verbs.push({ plural: verb[2] === "", subject: nouns.at(-1)! });
      } else throw new Error(`${prefix}: what is ${rest}?`);
    }
    return { nouns, verbs };
  }

  const isPlural = (verb: string) => !verb.endsWith("s");

  it("have their depth, agreeing verbs and that many attractors", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 6 }), (seed, depth) => {
        const sentence = agreement(mulberry32(seed), depth);
        const { nouns, verbs } = parse(sentence.prefix);
        const [head, ...others] = nouns;
        expect(sentence.depth).toBe(depth);
        expect(others).toHaveLength(depth);
        expect(sentence.attractors).toBe(others.filter((plural) => plural !== head).length);
        for (const { plural, subject } of verbs) expect(plural).toBe(subject);
        expect(isPlural(sentence.verb)).toBe(head);
        expect(isPlural(sentence.wrong)).toBe(!head);
        for (const word of `${sentence.prefix} ${sentence.verb} ${sentence.wrong}`.split(" ")) {
          expect(WORDS).toContain(word);
        }
      }),
    );
  });

  it("bring every number, modifier, noun and verb as often", () => {
    const random = mulberry32(4);
    const count = 12_000;
    const counts = new Map<string, number>();
    const add = (name: string, times: number) => counts.set(name, (counts.get(name) ?? 0) + times);
    for (let i = 0; i < count; i++) {
      const { prefix, verb, attractors } = agreement(random, 2);
      const { nouns, verbs } = parse(prefix);
      const times = (pattern: RegExp) => prefix.match(pattern)?.length ?? 0;
      add("plural", Number(nouns[0]));
      add("attractors", attractors);
      add("objects", times(/that the/g));
      add("past", times(/liked|met|saw/g));
      add("agreeing", verbs.length);
      add("pilots", times(/pilot/g));
      add(verb, 1);
    }
    const expected = {
      ...{ plural: 1 / 2, attractors: 1, objects: 2 / 3, past: 1 / 3, agreeing: 1 },
      ...{ pilots: 3 / 10, smile: 1 / 12, smiles: 1 / 12 },
    };
    for (const [name, share] of Object.entries(expected)) {
      expectNear(counts.get(name)! / count, share, name);
    }
    expect(new Set(WORDS).size).toBe(54);
  });

  it("depend on the seed alone", () => {
    const random = mulberry32(7001);
    const drawn = [0, 1, 2].map((depth) => agreement(random, depth));
    expect(drawn.map(({ prefix, verb, wrong }) => `${prefix}: ${verb}, not ${wrong}`)).toEqual([
      "the author: has, not have",
      "the senators that follow the pilots: are, not is",
      "the cat with the boat that the dogs like: was, not were",
    ]);
  });
});
