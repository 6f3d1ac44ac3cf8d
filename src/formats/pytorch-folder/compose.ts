/** A file of python/unrolled_torch: its name without `.py`, and its text. */
export interface PythonPart {
  readonly name: string;
  readonly text: string;
}

const IMPORT = /^(?:import|from) /;
const OWN_IMPORT = /^from unrolled_torch\.(\w+) import (.+)$/;

/**
 * Joins files of the Python package to one module, so that a folder has few files and needs no package. What parts import of each other
 * is left out. What they import of other parts comes from the modules of the folder.
 *
 * @param parts the files, each after those that it uses
 * @param main the part whose docstring the module has
 * @param modules the modules of the folder by the names of the parts that they have
 */
export function joinPython(
  parts: readonly PythonPart[],
  main: string,
  modules: Readonly<Record<string, string>>,
): string {
  const own = new Set(parts.map(({ name }) => name));
  const imports = new Set<string>();
  const ofFolder = new Map<string, Set<string>>();
  const bodies: string[] = [];
  let docstring = "";
  for (const { name, text } of parts) {
    const end = text.indexOf('"""', 3) + 3;
    if (name === main) docstring = text.slice(0, end);
    const lines = text.slice(end).split("\n");
    for (const line of lines.filter((line) => IMPORT.test(line))) {
      const [, part, names] = OWN_IMPORT.exec(line) ?? [];
      if (part === undefined) imports.add(line);
      else if (!own.has(part)) {
        const module = modules[part]!;
        const known = ofFolder.get(module) ?? new Set<string>();
        ofFolder.set(module, known);
        for (const name of names!.split(", ")) known.add(name);
      }
    }
    const body = lines.filter((line) => !IMPORT.test(line));
    bodies.push(body.join("\n").trim());
  }
  const folderImports = [...ofFolder].map(
    ([module, names]) => `from ${module} import ${[...names].sort().join(", ")}`,
  );
  const groups = [...inGroups(imports), folderImports.sort()].filter((lines) => lines.length);
  const head = groups.map((lines) => lines.join("\n")).join("\n\n");
  return `${docstring}\n\n${head}\n\n\n${bodies.join("\n\n\n")}\n`;
}

/** Returns the imports of Python's own modules, and those of torch, in the usual order. */
function inGroups(imports: ReadonlySet<string>): string[][] {
  return [false, true].map((isTorch) =>
    [...imports].filter((line) => /^\w+ torch\b/.test(line) === isTorch).sort(byKind),
  );
}

const byKind = (a: string, b: string) =>
  Number(a.startsWith("from")) - Number(b.startsWith("from")) || (a < b ? -1 : 1);
