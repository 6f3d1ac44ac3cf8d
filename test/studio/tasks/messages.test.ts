import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TASKS } from "unrolled/tasks";
import { describe, expect, it } from "vitest";
import { fieldNames } from "../../../studio/src/tasks/setup/own-options.tsx";
import { plain } from "../../../studio/src/ui/plain.ts";

const src = fileURLToPath(new URL("../../../src/", import.meta.url));

/** Rooms whose messages do not reach the studio: the command line, models of other frameworks, and Node alone. */
const ELSEWHERE = /^cli\/|^formats\/|\.node\.ts$/;

/** Returns the texts of the library's messages that name an option of the command line. A value in them is 7. */
function messages(): string[] {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !ELSEWHERE.test(name.replaceAll("\\", "/")),
  );
  const found = files.flatMap((name) => {
    const text = readFileSync(src + name, "utf8").replace(/^\s*(?:\/\*\*?|\*|\/\/).*$/gm, "");
    const values = text.replace(/\$\{[^{}`]*(?:\{[^{}]*\}[^{}`]*)*\}/g, "7");
    return values.match(/"[^"\n]*--[a-z][^"\n]*"|`[^`\n]*--[a-z][^`\n]*`/g) ?? [];
  });
  return [...new Set(found.map((literal) => literal.slice(1, -1)))].sort();
}

const tasks = TASKS.map(({ Model }) => Model.task);

/** Every message with an option, as the page says it beside the form of each task, and where there is no form. */
const said = messages()
  .map((message) => {
    const forms = [...new Set(tasks.map((task) => plain(message, fieldNames(task as never))))];
    return [message, ...forms.map((text) => `  form: ${text}`), `  else: ${plain(message)}`].join("\n");
  })
  .join("\n\n");

describe("messages of the library", () => {
  it("are all known, with what the page says instead: look at the words of new ones", async () => {
    await expect(`${said}\n`).toMatchFileSnapshot("messages.txt");
  });

  it("never name an option of the command line", () => {
    expect(messages().length).toBeGreaterThan(40);
    for (const message of messages()) {
      for (const names of [{}, ...tasks.map((task) => fieldNames(task as never))])
        expect(plain(message, names), message).not.toMatch(/--[a-z]/);
    }
  });

  it("say what is too little in words of the page", () => {
    const few =
      "12 symbols, expected at least 100: 2 batches of 1 x 50; use more text, or a smaller batch or seq";
    expect(plain(few)).toBe(
      "the text has 12 characters or words, and at least 100 are needed, half to learn from and half to test on; take a longer text",
    );
    expect(plain(few.replace("1 x 50", "4 x 50"))).toMatch(
      /4 pieces of it at a time; .* smaller mini-batch$/,
    );
    expect(plain("1 example, expected at least 4: 2 to train on and 2 to validate on")).toBe(
      "1 example cannot do: at least 4 are needed, 2 to learn from and 2 to test on",
    );
    expect(plain("a.csv: a transcriber reads jsonl or json, not csv")).toBe(
      "a.csv: this task reads JSON alone, as in the example above, and not a table or plain text",
    );
    expect(plain("your rows has no rows of numbers")).toBe("No line has numbers");
  });

  it("name the fields of the form, as each task calls them", () => {
    const of = (task: string) => (message: string) => plain(message, fieldNames(task as never));
    expect(of("classifier")("x.tsv: text and label; use --label-first")).toBe(
      "x.tsv: text and label; use “The label comes first”",
    );
    const column = 'x: no column "z" for --label-column; the columns are a, b';
    expect(of("encoder-decoder")(column)).toContain("“Column of the target”");
    expect(of("embedder")(column)).toContain("“Column of the partner”");
    expect(plain(column)).toBe('x: no column "z"; the columns are a, b');
    expect(plain("x: --text-column and --label-column are the same column, expected two")).toBe(
      "x: text and label have the same column, expected two",
    );
    expect(
      plain(
        "x: it is unclear which column has the text; the columns are a, b; say it with --text-column, a name",
      ),
    ).toBe("x: it is unclear which column has the text; the columns are a, b");
    const gap = "is empty; fill the gap with --fill previous or --fill linear, or leave out the row";
    expect(of("forecaster")(gap)).toBe(
      "is empty; fill the gap with “Fill gaps with the number before” or “Fill gaps with a line between neighbours”, or leave out the row",
    );
    expect(plain(gap)).toBe("is empty; leave out the row");
    expect(of("forecaster")("1234 (--decimal ,) or 1.234 (--decimal .); decide with that option")).toBe(
      "1234 (“Decimal mark: Comma”) or 1.234 (“Decimal mark: Point”); decide which",
    );
    expect(of("forecaster")("if so, say --missing -200: 3 numbers are -200")).toBe(
      "if so, say “Marks for missing numbers” -200: 3 numbers are -200",
    );
    expect(of("tagger")("line 1 is left out as a header (--no-header reads it): a, b")).toBe(
      "line 1 is left out as a header (“First line: Data” reads it): a, b",
    );
  });

  it("name characters that cannot be seen", () => {
    expect(plain('line 1: no number but "\u200b7\u00a0"\nand more')).toBe(
      'line 1: no number but "[U+200B]7[U+00A0]"\nand more',
    );
  });

  it("name no setting that the form does not have", () => {
    expect(plain("spec: hidden is 0, expected 1 to 65536")).toBe(
      "“Units in each layer” is 0, expected 1 to 65536",
    );
    const texts: Record<string, string> = {
      "9 symbols, expected at least 5000: 2 batches of 50 x 50; use more text, or a smaller batch or seq":
        "the text has 9 characters or words, and at least 5000 are needed to read 50 pieces of it at a time; take a longer text, or a smaller mini-batch",
      "a is not a text in UTF-8; convert it first: iconv -f windows-1252 -t utf-8":
        "a is not a text in UTF-8; save it again in a text editor, with the encoding UTF-8",
      "no word occurs 2 times or more; use more text, or a smaller minimum":
        "no word occurs 2 times or more; use more text",
      "it needs 5 GiB; shorten it with cut (--cut N keeps the first N tokens, 9 fit), or use a smaller batch":
        "it needs 5 GiB; shorten it, or use a smaller mini-batch",
    };
    for (const [message, words] of Object.entries(texts)) expect(plain(message)).toBe(words);
  });
});
