import { writeFile } from "node:fs/promises";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { createShapePrinter } from "../../scripts/package/shape-printer.mjs";
import { tempDirectory } from "../support/temp-directory.ts";

// Profiles can have any type. The declarations of the package contain these types written out in full.

/** The output of the printer for `type Subject` in a file with this text. */
async function printed(text: string): Promise<string> {
  await using directory = await tempDirectory();
  const file = path.join(directory.path, "subject.ts");
  await writeFile(file, text);
  const program = ts.createProgram({
    rootNames: [file],
    options: {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: ts.ScriptTarget.ES2022,
      types: [],
    },
  });
  const alias = program
    .getSourceFile(file)
    ?.statements.find((node) => ts.isTypeAliasDeclaration(node) && node.name.text === "Subject");
  if (alias === undefined || !ts.isTypeAliasDeclaration(alias)) throw new Error("No Subject.");
  const printer = createShapePrinter(program);
  const subject = printer.print(program.getTypeChecker().getTypeFromTypeNode(alias.type));
  return [...printer.declarations, subject].join("\n");
}

describe("the shape printer", () => {
  it("inlines named types", async () => {
    const text =
      "interface Album { readonly title: string; cover?: Date } type Subject = { a: Album }";
    expect(await printed(text)).toBe("{ a: { readonly title: string; cover?: Date; }; }");
  });

  it("keeps types of the standard library", async () => {
    const text = "interface Tag { n: 1 } type Subject = Map<string, Tag> | Date";
    expect(await printed(text)).toBe("Map<string, { n: 1; }> | Date");
  });

  it("prints arrays, tuples and records", async () => {
    const text =
      "type Subject = { l: readonly (1 | 2)[]; t: [a: string, b?: number, ...c: boolean[]]; r: Record<string, null> }";
    expect(await printed(text)).toBe(
      "{ l: (readonly (1 | 2)[]); t: ([(string), (number)?, ...(boolean)[]]); r: { [key: string]: null; }; }",
    );
  });

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the string contains TypeScript source
  it("prints enums, bigints, template literals, booleans and quoted names", async () => {
    const text =
      'enum E { A = "x", B = 2 } type Subject = { "a-b": E; big: 7n; t: `v${number}`; b: boolean | null }';
    expect(await printed(text)).toBe(
      '{ "a-b": "x" | 2; big: 7n; t: `v${number}`; b: boolean | null; }',
    );
  });

  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the string contains TypeScript source
  it("declares recursive types separately", async () => {
    const text = "interface Tree { value: number; children: Tree[] } type Subject = { root: Tree }";
    expect(await printed(text)).toBe(
      "type Recursive1 = { value: number; children: ((Recursive1)[]); };\n{ root: Recursive1; }",
    );
  });

  it("rejects types that are not serializable", async () => {
    await expect(printed("type Subject = { save(): void }")).rejects.toThrow("not serializable");
  });
});
