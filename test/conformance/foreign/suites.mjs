// Cases of foreign models: folders with a cases.json of models, each with calls of inputs and outputs.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { loadCalls } from "./calls.mjs";

/** How deep folders are searched for a cases.json. */
const DEPTH = 3;

/** Returns the entries of a folder's cases.json if they are of foreign models, else undefined. */
function read(folder) {
  const file = join(folder, "cases.json");
  if (!existsSync(file)) return undefined;
  const listed = JSON.parse(readFileSync(file, "utf8"));
  const isForeign = ({ file, format, why }) => file !== undefined && (format ?? why) !== undefined;
  return Array.isArray(listed) && listed.every(isForeign) ? listed : undefined;
}

/** Finds the folders with cases of foreign models: this one, or those inside of it. */
function find(folder, depth = 0) {
  const listed = read(folder);
  if (listed) return [{ folder, listed }];
  if (depth === DEPTH) return [];
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return inside.flatMap(({ name }) => find(join(folder, name), depth + 1));
}

/** Files that are to be refused have no name and no format of their own. */
const isHostile = ({ format }) => format === undefined;

function caseOf(folder, entry, file, path) {
  if (isHostile(entry)) {
    return {
      name: join(path, file),
      kind: "hostile_file",
      load: () => ({ folder, entry, file, expected: {} }),
    };
  }
  const { name, format, file: files } = entry;
  const several = typeof files === "object" && Object.keys(files).length > 1;
  return {
    name: join(path, several ? `${name} (${file})` : name),
    kind: "foreign_model",
    config: { format },
    load: () => ({ folder, entry, file, expected: {}, ...loadCalls(folder, entry) }),
  };
}

/** Lists the cases of a folder and of the folders in it, in the form of run.mjs; undefined if it has none. */
export function foreignCases(root) {
  const suites = find(root);
  if (suites.length === 0) return undefined;
  return suites.flatMap(({ folder, listed }) => {
    const path = relative(root, folder);
    return listed.flatMap((entry) => {
      const files = typeof entry.file === "string" ? [entry.file] : Object.values(entry.file);
      return files.map((file) => caseOf(folder, entry, file, path));
    });
  });
}
