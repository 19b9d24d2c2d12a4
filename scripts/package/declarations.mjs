import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import ts from "typescript";
import { root } from "../project.mjs";
import { createShapePrinter } from "./shape-printer.mjs";

const ROUTER = "src/doors/trpc/app-router.ts";

/** The types of these packages are bundled, so that consumers need not install the packages. */
const includeExternal = ["@trpc/client", "@trpc/server"];

/**
 * Writes the entries' type declarations into `outdir`. `AppRouter` contains the types of the
 * operator's profiles, written out in full, so that no type of the server is referenced.
 */
export async function bundleDeclarations({ entries, outdir, external }) {
  // Inside the project, so that imports of packages can be resolved.
  mkdirSync(outdir, { recursive: true });
  const stage = mkdtempSync(path.join(path.dirname(outdir), ".types-"));
  try {
    emitDeclarations(Object.values(entries), stage);
    const bundle = await rollup({
      input: Object.fromEntries(
        Object.entries(entries).map(([name, file]) => [
          name,
          path.join(stage, toDeclaration(file)),
        ]),
      ),
      external: [...external, ...builtinModules, "ws", /^node:/],
      plugins: [
        dts({
          includeExternal,
          compilerOptions: {
            module: ts.ModuleKind.ESNext,
            moduleResolution: ts.ModuleResolutionKind.Bundler,
          },
        }),
      ],
      onwarn(warning) {
        if (warning.code === "UNRESOLVED_IMPORT") throw new Error(warning.message);
      },
    });
    await bundle.write({
      dir: outdir,
      format: "es",
      entryFileNames: "[name].d.ts",
      chunkFileNames: "types-[hash].d.ts",
      manualChunks: (id) => (id.includes("/node_modules/@trpc/") ? "trpc" : undefined),
    });
    await bundle.close();
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

const toDeclaration = (file) => file.replace(/\.tsx?$/, ".d.ts");

function emitDeclarations(files, stage) {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram({
    rootNames: [...files, ROUTER].map((file) => path.join(root, file)),
    options: {
      ...options,
      noEmit: false,
      incremental: false,
      plugins: [],
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: root,
      outDir: stage,
    },
  });
  const router = writtenOutRouter(program);
  const { diagnostics } = program.emit(undefined, (file, text) => {
    const own = path.relative(stage, file).split(path.sep).join("/") === toDeclaration(ROUTER);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(
      file,
      own ? router : text.replaceAll(/(from "\.[^"]*|import\("\.[^"]*)\.tsx?"/g, '$1.js"'),
    );
  });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, formatHost));
}

const formatHost = {
  getCanonicalFileName: (file) => file,
  getCurrentDirectory: () => root,
  getNewLine: () => "\n",
};

/** The router's declaration, in which the profiles' types replace `typeof profiles`. */
function writtenOutRouter(program) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(root, ROUTER));
  const alias = source.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === "AppRouter",
  );
  const [shapes] = alias.type.typeArguments;
  const printer = createShapePrinter(program);
  const text = printer.print(checker.getTypeFromTypeNode(shapes));
  const doc = ts.getJSDocCommentsAndTags(alias).map((node) => node.getText());
  return [
    'import type { AppRouterOf } from "./router-contract.js";',
    ...printer.declarations,
    ...doc,
    `export type AppRouter = AppRouterOf<${text}>;`,
    "",
  ].join("\n");
}
