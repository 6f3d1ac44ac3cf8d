import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

// Links of all Markdown pages lead to files and headings that exist, in the checkout and in the published package.

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: root, encoding: "utf8" });

const pages = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md").trim().split("\n");
const [pack] = JSON.parse(run("npm", "pack", "--dry-run", "--json", "--ignore-scripts")) as [
  { files: { path: string }[] },
];
const packed = new Set(pack.files.map(({ path }) => path));

/** Removes blocks of code, in which brackets are no links and # is no heading. */
const withoutBlocks = (page: string) => page.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** Returns the links of a page that are neither web addresses nor mail. */
const linksOf = (page: string) =>
  [
    ...withoutBlocks(page)
      .replaceAll(/`[^`\n]*`/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link]) => link!)
    .filter((link) => !/^\w+:/.test(link));

/** Returns the anchors of a page's headings, as GitHub and npm make them. */
function anchorsOf(page: string): string[] {
  const headings = [...withoutBlocks(page).matchAll(/^#+ +(.*)$/gm)];
  return headings.map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const links = linksOf(text).map((link) => {
    const [path = "", anchor] = link.split("#");
    return { link, file: path === "" ? page : posix.join(dirname(page), path), anchor };
  });

  it("has links to files and headings that exist", () => {
    for (const { link, file, anchor } of links) {
      expect(existsSync(join(root, file)), link).toBe(true);
      if (anchor) expect(anchorsOf(readFileSync(join(root, file), "utf8")), link).toContain(anchor);
    }
  });

  if (!packed.has(page)) return;
  it("has links to files of the package", () => {
    for (const { link, file } of links) {
      const name = statSync(join(root, file)).isDirectory() ? posix.join(file, "README.md") : file;
      expect(packed, link).toContain(name);
    }
  });
});

it("the package has the guides", () => {
  for (const page of ["README.md", "docs/models.md", "docs/figures/inside.svg", "examples/README.md"]) {
    expect(packed).toContain(page);
  }
  const data = [...packed].filter((path) => path.startsWith("examples/data"));
  expect(data.sort()).toEqual(["examples/data/LICENSES.txt", "examples/data/README.md"]);
});
