// Reads the interface between kernels and host: the exports of assembly/index.ts, or graph.ts, and of the files that it names.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const assembly = fileURLToPath(new URL("../assembly", import.meta.url));

/** The host's type for each type of a kernel. No i64: it would be a BigInt. */
const HOST_TYPES = {
  i32: "number",
  u32: "number",
  usize: "number",
  f32: "number",
  f64: "number",
  bool: "boolean",
};

/** Types that fields of a class may have. Each takes one word, so that the order of the fields gives their positions. */
const WORDS = ["i32", "u32", "f32", "usize"];

/**
 * Reads the kernels that index.ts exports from each file that it names, and the file's constants `export const NAME: i32 = n`.
 * Also reads the fields of every class that a kernel takes.
 *
 * @param entry name of the file that exports the kernels
 */
export function readKernels(folder = assembly, entry = "index") {
  const parse = (name) => {
    const file = join(folder, `${name}.ts`);
    return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  };
  const classes = new Map();
  /** Returns the host's type. An instance of a class is passed as its address. */
  const hostType = (type, source) => {
    const name = type.getText().replace(" | null", "");
    if (Object.hasOwn(HOST_TYPES, name)) return HOST_TYPES[name];
    const from = source.statements.find((s) => ts.isImportDeclaration(s) && imports(s, name));
    if (!from) throw new Error(`${source.fileName}: the host has no values of type ${name}`);
    if (!classes.has(name)) classes.set(name, readClass(parse(from.moduleSpecifier.text), name));
    return "number";
  };
  const readKernel = (source, name) => {
    const kernel = source.statements.find((s) => ts.isFunctionDeclaration(s) && s.name.text === name);
    const doc = kernel && docOf(kernel);
    if (!doc) throw new Error(`${source.fileName}: no function ${name} with a comment /** */`);
    const parameters = kernel.parameters.map((p) => [p.name.text, hostType(p.type, source)]);
    const result = kernel.type.getText() === "void" ? "void" : hostType(kernel.type, source);
    return { name, doc, parameters, result: result === "boolean" ? "number" : result };
  };
  const index = parse(entry);
  const files = index.statements.map(({ exportClause, moduleSpecifier }) => {
    const source = parse(moduleSpecifier.text);
    const kernels = exportClause.elements.map(({ name }) => readKernel(source, name.text));
    return { kernels, constants: source.statements.flatMap(readConstants) };
  });
  return { doc: headOf(index), files, classes };
}

/** Returns the names of the kernels that run.ts exports. */
export function readRunKernels(folder = assembly) {
  const file = join(folder, "run.ts");
  return exportsOf(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
}

/** Returns the names that a file exports from others. */
function exportsOf({ statements }) {
  return statements.flatMap(({ exportClause }) => exportClause.elements.map(({ name }) => name.text));
}

function imports({ importClause }, name) {
  return importClause?.namedBindings?.elements?.some((element) => element.name.text === name);
}

function readConstants(statement) {
  if (!ts.isVariableStatement(statement) || !/^export const \w+: i32 =/.test(statement.getText())) return [];
  return statement.declarationList.declarations.map(({ name, initializer }) => {
    const value = Number(initializer.getText());
    if (!Number.isInteger(value))
      throw new Error(`${name.text} is ${initializer.getText()}, expected a whole number`);
    return { name: name.text, value, doc: docOf(statement) };
  });
}

function readClass(source, name) {
  const found = source.statements.find((s) => ts.isClassDeclaration(s) && s.name.text === name);
  const fields = found.members.map((field) => {
    const type = field.type.getText();
    if (!WORDS.includes(type)) throw new Error(`${source.fileName}: ${name} has a field of type ${type}`);
    return { name: field.name.text, doc: docOf(field) };
  });
  return { doc: docOf(found), fields };
}

/**
 * Returns the text of the comment before a node, without markers and indentation. If there is none, returns the comment after
 * the node on its line, or "".
 */
function docOf(node) {
  const { text } = node.getSourceFile();
  const before = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  const block = before.findLast(({ pos }) => text.startsWith("/**", pos));
  if (block) {
    const lines = text.slice(block.pos + 3, block.end - 2).split(/\n *\* ?/);
    return lines.join("\n").trim();
  }
  const [after] = ts.getTrailingCommentRanges(text, node.end) ?? [];
  return after ? text.slice(after.pos + 2, after.end).trim() : "";
}

/** Returns the first paragraph of the comment at the head of a file. */
function headOf({ text }) {
  return text.slice(0, text.search(/\n(\/\/)?\n/)).replace(/^\/\/ /gm, "");
}
