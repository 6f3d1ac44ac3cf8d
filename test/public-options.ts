import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The entry points that users import, as in package.json's exports. */
const ENTRIES = ["src/index.ts", "src/tasks/index.ts", "worker/connect.ts", "src/storage/indexed-db.ts"];

/** A parameter of the public API that is an object of named fields. */
export interface ObjectParameter {
  /** Such as `createRuntime`, `new LSTM` or, for a method, `Recurrent.forward`. */
  readonly of: string;
  /** Its type as text. */
  readonly type: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Finds every parameter of exported functions, constructors and methods that is an object of named fields, each once. */
export function objectParameters(): ObjectParameter[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    ENTRIES.map((entry) => root + entry),
    options,
  );
  const checker = program.getTypeChecker();
  const found = new Map<ts.Declaration, ObjectParameter>();
  const seen = new Set<ts.Type>();
  const own = (symbol: ts.Symbol | undefined) =>
    symbol?.declarations?.some((declaration) => {
      const { fileName } = declaration.getSourceFile();
      return fileName.startsWith(root) && !fileName.includes("node_modules");
    }) ?? false;

  const hasFields = (given: ts.Type): boolean => {
    if (given.flags & ts.TypeFlags.Instantiable) {
      const general = checker.getBaseConstraintOfType(given); // of options that a type argument decides: the union
      return Boolean(given.flags & ts.TypeFlags.Conditional && general && hasFields(general));
    }
    const type = checker.getNonNullableType(given);
    if (type.isUnion()) return type.types.some(hasFields);
    if (type.isIntersection()) return type.types.every(hasFields);
    if (!(type.flags & ts.TypeFlags.Object) || type.symbol?.flags & ts.SymbolFlags.Class) return false;
    if (type.getCallSignatures().length || checker.isArrayLikeType(type)) return false;
    return checker.getPropertiesOfType(type).some(own);
  };

  const readCalls = (of: string, calls: readonly ts.Signature[]) => {
    for (const parameter of calls.flatMap((call) => call.getParameters())) {
      const declaration = parameter.valueDeclaration;
      const type = checker.getTypeOfSymbol(parameter);
      if (!declaration || found.has(declaration) || !hasFields(type)) continue;
      found.set(declaration, { of, type: checker.typeToString(checker.getNonNullableType(type)) });
    }
  };

  /** Reads methods: those of an interface are written by users, but those of an object are called. */
  const readMembers = (of: string, type: ts.Type) => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const member of checker.getPropertiesOfType(type)) {
      const declaration = member.declarations?.[0];
      if (!own(member) || !declaration) continue;
      const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
      if (ts.getCombinedModifierFlags(declaration) & hidden) continue;
      const named = ts.getNameOfDeclaration(declaration);
      if (named && ts.isPrivateIdentifier(named)) continue;
      const { parent } = declaration;
      const name = ts.isClassDeclaration(parent) ? parent.name!.text : of;
      readCalls(`${name}.${member.name}`, checker.getTypeOfSymbol(member).getCallSignatures());
    }
  };

  const readSymbol = (given: ts.Symbol): void => {
    const symbol = given.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
    if (symbol.flags & ts.SymbolFlags.Module) {
      for (const one of checker.getExportsOfModule(symbol)) readSymbol(one);
      return;
    }
    if (!(symbol.flags & ts.SymbolFlags.Value)) return;
    const type = checker.getTypeOfSymbol(symbol);
    readCalls(symbol.name, type.getCallSignatures());
    readCalls(`new ${symbol.name}`, type.getConstructSignatures());
    readMembers(symbol.name, type);
    if (symbol.flags & ts.SymbolFlags.Class)
      readMembers(symbol.name, checker.getDeclaredTypeOfSymbol(symbol));
  };

  for (const entry of ENTRIES) {
    const file = checker.getSymbolAtLocation(program.getSourceFile(root + entry)!)!;
    for (const symbol of checker.getExportsOfModule(file)) readSymbol(symbol);
  }
  return [...found.values()];
}
