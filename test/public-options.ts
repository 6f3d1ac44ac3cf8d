import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The entry points that users import, as in package.json's exports. */
const ENTRIES = [
  ...["src/index.ts", "src/tasks/index.ts", "worker/connect.ts", "worker/serve.ts"],
  ...["src/storage/indexed-db.ts", "src/storage/disk.node.ts", "src/wide/wide.node.ts"],
  ...["onnx", "keras", "tfjs", "torch"].map((format) => `src/formats/${format}/index.ts`),
  ...["src/finetune/index.ts", "src/handler/index.ts", "src/handler/node.node.ts"],
];

/** A parameter of the public API that is an object of named fields. */
export interface ObjectParameter {
  /** Such as `createRuntime`, `new LSTM` or, for a method, `Recurrent.forward`. */
  readonly of: string;
  /** Its type as text. */
  readonly type: string;
}

/** A call of the public API that takes values. */
interface PublicCall {
  /** Such as `createRuntime`, `new LSTM` or, for a method or a property that can be set, `Recurrent.forward`. */
  readonly of: string;
  readonly parameters: readonly ts.Symbol[];
  /** Whether only the package itself calls it. */
  readonly internal?: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Tells whether a symbol is declared in this package. */
const own = (symbol: ts.Symbol | undefined) =>
  symbol?.declarations?.some((declaration) => {
    const { fileName } = declaration.getSourceFile();
    return fileName.startsWith(root) && !fileName.includes("node_modules");
  }) ?? false;

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** Tells whether programs may call something. */
function isOpen(declaration: ts.Declaration | ts.JSDocSignature): boolean {
  if (ts.isConstructorDeclaration(declaration)) {
    if (ts.getCombinedModifierFlags(declaration.parent) & ts.ModifierFlags.Abstract) return false;
  }
  return !(ts.getCombinedModifierFlags(declaration as ts.Declaration) & HIDDEN);
}

const isInternal = (declaration: ts.Declaration | undefined): boolean =>
  declaration !== undefined &&
  ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === "internal");

/** Finds every exported function, constructor, method and property with a setter. Calls without parameters are left out. */
function readApi(): { checker: ts.TypeChecker; calls: PublicCall[] } {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    ENTRIES.map((entry) => root + entry),
    options,
  );
  const checker = program.getTypeChecker();
  const found: PublicCall[] = [];
  const seen = new Set<ts.Type>();
  const readCalls = (of: string, calls: readonly ts.Signature[], hidden = false) => {
    const open = calls.filter(({ declaration }) => !declaration || isOpen(declaration));
    const parameters = open.flatMap((call) => call.getParameters());
    const internal =
      hidden || open.some(({ declaration }) => isInternal(declaration as ts.Declaration | undefined));
    if (parameters.length) found.push({ of, parameters, internal });
  };

  /** Reads methods: those of an interface are written by users, but those of an object are called. */
  const readMembers = (of: string, type: ts.Type) => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const member of checker.getPropertiesOfType(type)) {
      const declaration = member.declarations?.[0];
      if (!own(member) || !declaration) continue;
      if (!isOpen(declaration)) continue;
      const internal = isInternal(declaration);
      const named = ts.getNameOfDeclaration(declaration);
      if (named && ts.isPrivateIdentifier(named)) continue;
      const { parent } = declaration;
      const name = ts.isClassDeclaration(parent) ? parent.name!.text : of;
      readCalls(`${name}.${member.name}`, checker.getTypeOfSymbol(member).getCallSignatures(), internal);
      const setter = member.declarations?.find(ts.isSetAccessorDeclaration);
      if (setter) found.push({ of: `${name}.${member.name}`, parameters: [], internal });
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
    if (!given.declarations?.some(ts.isTypeOnlyExportDeclaration)) {
      readCalls(`new ${symbol.name}`, type.getConstructSignatures());
    }
    readMembers(symbol.name, type);
    if (symbol.flags & ts.SymbolFlags.Class)
      readMembers(symbol.name, checker.getDeclaredTypeOfSymbol(symbol));
  };

  for (const entry of ENTRIES) {
    const file = checker.getSymbolAtLocation(program.getSourceFile(root + entry)!)!;
    for (const symbol of checker.getExportsOfModule(file)) readSymbol(symbol);
  }
  return { checker, calls: found };
}

/** Returns the name of every exported function, constructor, method and property with a setter, if programs may call it. */
export const publicCalls = (): string[] => [
  ...new Set(readApi().calls.flatMap(({ of, internal }) => (internal ? [] : [of]))),
];

/** Finds every parameter of exported functions, constructors and methods that is an object of named fields, each once. */
export function objectParameters(): ObjectParameter[] {
  const { checker, calls } = readApi();
  const found = new Map<ts.Declaration, ObjectParameter>();

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

  for (const { of, parameters } of calls) {
    for (const parameter of parameters) {
      const declaration = parameter.valueDeclaration;
      const type = checker.getTypeOfSymbol(parameter);
      if (!declaration || found.has(declaration) || !hasFields(type)) continue;
      found.set(declaration, { of, type: checker.typeToString(checker.getNonNullableType(type)) });
    }
  }
  return [...found.values()];
}
