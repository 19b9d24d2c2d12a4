import ts from "typescript";

/**
 * Prints types in full, so that a declaration file does not reference their source files. Types of
 * the standard library (Date, Map …) keep their names. A recursive type becomes a separate
 * declaration in `declarations`.
 */
export function createShapePrinter(program) {
  const checker = program.getTypeChecker();
  const names = new Map();
  const under = new Set();
  const declarations = [];

  function print(type) {
    const known = names.get(type);
    if (known !== undefined) return known;
    if (type.flags & ts.TypeFlags.Substitution) return print(type.baseType);
    if (under.has(type)) return nameOf(type);
    if (!(type.isUnionOrIntersection() || type.flags & ts.TypeFlags.Object)) return simple(type);
    under.add(type);
    const text = printWhole(type);
    under.delete(type);
    const name = names.get(type);
    if (name === undefined) return text;
    declarations.push(`type ${name} = ${text};`);
    return name;
  }

  function nameOf(type) {
    const name = `Recursive${names.size + 1}`;
    names.set(type, name);
    return name;
  }

  function simple(type) {
    if (type.flags & ts.TypeFlags.BigIntLiteral) return `${checker.typeToString(type)}`;
    if (type.isLiteral()) return JSON.stringify(type.value);
    if (type.flags & ts.TypeFlags.TypeParameter) throw notWritable(type);
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  }

  function printWhole(type) {
    if (type.isUnion()) return unique(type.types.filter(isPresent).map(print)).join(" | ");
    if (type.isIntersection()) return type.types.map((part) => `(${print(part)})`).join(" & ");
    if (checker.isTupleType(type)) return tuple(type);
    if (checker.isArrayType(type)) return array(type);
    if (isOfTheLanguage(type)) return generic(type.symbol.name, checker.getTypeArguments(type));
    if (type.getCallSignatures().length > 0) throw notWritable(type);
    return object(type);
  }

  /** With `exactOptionalPropertyTypes`, optional properties contain a "missing" type that must not be printed. */
  function isPresent(type) {
    return !(type.flags & ts.TypeFlags.Undefined) || type === checker.getUndefinedType();
  }

  function array(type) {
    const [element] = checker.getTypeArguments(type);
    const readonly = type.symbol.name === "ReadonlyArray" ? "readonly " : "";
    return `(${readonly}(${print(element)})[])`;
  }

  function tuple(type) {
    const { elementFlags, readonly } = type.target;
    const elements = checker.getTypeArguments(type).map((element, at) => {
      const flag = elementFlags[at];
      if (flag & ts.ElementFlags.Rest) return `...(${print(element)})[]`;
      return `(${print(element)})${flag & ts.ElementFlags.Optional ? "?" : ""}`;
    });
    return `(${readonly ? "readonly " : ""}[${elements.join(", ")}])`;
  }

  function generic(name, args) {
    return args.length === 0 ? name : `${name}<${args.map(print).join(", ")}>`;
  }

  function object(type) {
    const members = checker.getIndexInfosOfType(type).map((index) => {
      const readonly = index.isReadonly ? "readonly " : "";
      return `${readonly}[key: ${print(index.keyType)}]: ${print(index.type)};`;
    });
    for (const property of checker.getPropertiesOfType(type)) {
      // Omits brands and other symbol properties.
      if (!property.escapedName.startsWith("__@")) members.push(member(property));
    }
    return `{ ${members.join(" ")} }`;
  }

  function member(property) {
    const optional = property.flags & ts.SymbolFlags.Optional ? "?" : "";
    const readonly =
      ts.getCheckFlags(property) & ts.CheckFlags.Readonly ||
      property.declarations?.some(
        (node) => ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Readonly,
      );
    const type = checker.getTypeOfSymbol(property);
    return `${readonly ? "readonly " : ""}${key(property.name)}${optional}: ${print(type)};`;
  }

  function isOfTheLanguage(type) {
    const declared = type.symbol?.declarations ?? [];
    return (
      type.symbol?.name !== "__type" &&
      declared.length > 0 &&
      declared.some((node) => program.isSourceFileDefaultLibrary(node.getSourceFile()))
    );
  }

  function notWritable(type) {
    return new TypeError(
      `A profile's metadata or result contains ${checker.typeToString(type)}, which is not serializable.`,
    );
  }

  return { print, declarations };
}

function key(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function unique(texts) {
  const all = [...new Set(texts)];
  const isBoolean = all.includes("true") && all.includes("false");
  return isBoolean
    ? ["boolean", ...all.filter((text) => text !== "true" && text !== "false")]
    : all;
}
