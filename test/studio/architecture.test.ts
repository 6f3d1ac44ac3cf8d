import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../studio/src", import.meta.url));

/** The studio's rooms from the ground up. A file imports files of its own room and of rooms on lower floors. */
const FLOORS = [
  ["css.d.ts"],
  ["ui", "look", "lab"],
  ["runs"],
  ["desk"],
  ["tasks"],
  ["inside"],
  ["lessons"],
  ["pages", "offline.ts"],
  ["app.tsx"],
  ["main.tsx", "worker.ts"],
];

/** Code that runs in workers alone. Everything else is of the page, which must not download the library a second time. */
const WORKERS = ["look", "lab", "desk", "worker.ts"];

const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly type: boolean;
}

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  const statements = text.matchAll(
    /^(?:import|export)( type)? (?:[^;"]*? from )?"([^"]+)"|import\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, path, dynamic]) => ({
    from,
    to: path ?? dynamic!,
    type: type !== undefined,
  }));
});

const roomOf = (file: string) => file.split("/")[0]!;
const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)));
const show = ({ from, to }: Import) => `${from} -> ${to}`;

const own = imports
  .filter(({ to }) => to.startsWith(".") && !to.endsWith(".css"))
  .map((one) => ({ ...one, to: relative(root, resolve(root, dirname(one.from), one.to)) }));

it("knows the room of every file of the studio", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(own.length).toBeGreaterThan(300);
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
});

it("imports from the same room or a lower floor, never up or across", () => {
  const wrong = own.filter(({ from, to }) => {
    if (to.startsWith("..") || roomOf(from) === roomOf(to)) return false;
    return !(floorOf(to) < floorOf(from));
  });
  expect(wrong.map(show)).toEqual([]);
});

it("imports the package by its name, and from the page only what the page needs", () => {
  expect(own.filter(({ to }) => to.startsWith("..") && !/\/data\//.test(to)).map(show)).toEqual([]);
  const heavy = imports.filter(
    ({ from, to, type }) =>
      !type &&
      ["unrolled", "unrolled/tasks", "unrolled/serve"].includes(to) &&
      !WORKERS.includes(roomOf(from)),
  );
  expect(heavy.map(show)).toEqual([]);
});
