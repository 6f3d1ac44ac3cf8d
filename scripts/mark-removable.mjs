// Marks the values of src/removable.ts in a bundle, so that bundlers of pages leave them out if nothing reads them.

import ts from "typescript";

/** Turns calls of `removable` into calls of their function that are marked as free of effects. A bundler that keeps one makes it plain. */
export function markRemovable(text) {
  const name = /\b([\w$]+)=([\w$]+)=>\2\(\)/.exec(text)?.[1];
  if (!name) throw new Error("the bundle lacks the function of src/removable.ts");
  const edits = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name) {
      edits.push({ from: node.getStart(), to: node.expression.getEnd(), by: "/* @__PURE__ */" });
      edits.push({ from: node.getEnd(), to: node.getEnd(), by: "()" });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("bundle.js", text, ts.ScriptTarget.Latest, true));
  if (!edits.length) throw new Error("the bundle has no removable values");
  for (const { from, to, by } of edits.sort((a, b) => b.from - a.from))
    text = text.slice(0, from) + by + text.slice(to);
  return text;
}
