// Turns fields of classes into declarations for the compiler alone.

import ts from "typescript";

/**
 * Writes `declare` before each field of a class that has no initial value, so that compilers leave it out. The constructor sets
 * such a field. Private fields (#name) must stay: without their declaration they do not exist.
 */
export function declareFields(text) {
  const places = [];
  const visit = (node) => {
    if (ts.isPropertyDeclaration(node) && ts.isIdentifier(node.name) && !node.initializer) {
      const words = node.modifiers?.map(({ kind }) => kind) ?? [];
      const typesOnly = [ts.SyntaxKind.AbstractKeyword, ts.SyntaxKind.DeclareKeyword];
      if (!words.some((kind) => typesOnly.includes(kind))) places.push(node.name.getStart());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true));
  for (const at of places.reverse()) text = `${text.slice(0, at)}declare ${text.slice(at)}`;
  return text;
}
