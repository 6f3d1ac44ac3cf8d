import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The rooms, from the ground up: a file imports files of its own room and of rooms on lower floors. Rooms on the same line
 * share a floor and do not import each other.
 */
const FLOORS = [
  ["src/errors.ts", "src/removable.ts"],
  ["src/options.ts"],
  ["src/schema.ts"],
  ["src/checks.ts"],
  ["src/runtime"],
  ["src/autograd", "src/io", "src/metrics"],
  ["src/nn", "src/optim"],
  ["src/data"],
  ["src/search", "src/network", "src/tables", "src/graph"],
  ["src/train"],
  ["src/models"],
  ["src/storage", "src/tasks", "src/index.ts", "src/run", "src/formats", "src/finetune", "src/handler"],
  ["worker", "src/edge", "src/wide"],
  ["src/cli"],
];

const files = ["src", "worker"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name)),
);

interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether compilation removes it. */
  readonly type: boolean;
}

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  const statements = text.matchAll(
    /^(import|export)( type)? ([^;]*?)from "(\.[^"]+)"|import\("(\.[^"]+)"\)/gm,
  );
  return [...statements].map(([, , type, names, path, dynamic]) => ({
    from,
    to: relative(root, resolve(root, from, "..", (path ?? dynamic)!)),
    type: type !== undefined || /^\{(\s*type \w+,?)+\s*\} $/.test(names ?? ""),
  }));
});

const isIn = (file: string, room: string) => file === room || file.startsWith(`${room}/`);
const roomOf = (file: string) => FLOORS.flat().find((room) => isIn(file, room));
const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.some((room) => isIn(file, room)));
const show = ({ from, to }: Import) => `${from} -> ${to}`;

it("knows the room of every file", () => {
  expect(files.length).toBeGreaterThan(200);
  expect(imports.length).toBeGreaterThan(1000);
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
});

it("imports from the same room or a lower floor, never up or across", () => {
  const wrong = imports.filter(
    ({ from, to }) => roomOf(from) !== roomOf(to) && !(floorOf(to) < floorOf(from)),
  );
  expect(wrong.map(show)).toEqual([]);
});

it("keeps families of models apart", () => {
  const familyOf = (file: string) => /^src\/models\/([\w-]+)\//.exec(file)?.[1];
  const wrong = imports.filter(({ from, to }) => {
    const [one, other] = [familyOf(from), familyOf(to)];
    return one && other && one !== other;
  });
  expect(wrong.map(show)).toEqual([]);
});

it("never imports the whole library", () => {
  const entries = ["src/index.ts", "src/edge", "src/wide"];
  expect(
    imports.filter(({ from, to }) => to === "src/index.ts" && !entries.some((e) => isIn(from, e))).map(show),
  ).toEqual([]);
});

/** Finds groups of files that import each other in a circle (Tarjan 1972). */
function circles(edges: readonly Import[]): string[][] {
  const next = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { from, to } of edges) next.get(from)!.push(to);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const to of next.get(file)!) {
      if (!order.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const file of files) if (!order.has(file)) visit(file);
  return found;
}

it("has no circle of imports at run time, and few of types", () => {
  expect(circles(imports.filter(({ type }) => !type))).toEqual([]);
  expect(circles(imports).length).toBeLessThanOrEqual(2);
});

/** Files that only training and layers need. A page that only runs a model must not download them. */
const HEAVY = [
  ...["src/runtime/runtime.ts", "src/runtime/tape.ts", "src/runtime/tensor.ts", "src/nn/module.ts"],
  ...["src/nn/recurrent.ts", "src/network/network.ts", "src/runtime/meta.ts", "src/train", "src/optim"],
];

it("bundles nothing for training into unrolled/run", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/run/index.ts"],
    bundle: true,
    write: false,
    format: "esm",
    external: ["#wasm/*"],
    metafile: true,
  });
  const bundled = Object.entries(Object.values(metafile.outputs)[0]!.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  expect(bundled).toContain("src/models/language-model/stream.ts");
  expect(bundled.filter((file) => HEAVY.some((heavy) => isIn(file, heavy)))).toEqual([]);
});
