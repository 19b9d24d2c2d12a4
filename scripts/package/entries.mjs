/** The output directory of `npm run build:package`. */
export const OUT = "dist/package";

/** Entry points of the package, by output file name. */
export const codeEntries = {
  index: "src/client/index.ts",
  browser: "src/client/browser/index.ts",
  node: "src/client/node/index.ts",
  react: "src/client/react/index.ts",
  bin: "src/cli/bin.ts",
};

/** The web worker. A separate file, which bundlers find by `new URL(…, import.meta.url)`. */
export const workerEntry = "src/client/browser/hash-worker.ts";

/** Type declarations of the entry points. `client` is for compilers that do not know the runtime. */
export const typeEntries = {
  index: "src/client/index.ts",
  browser: "src/client/browser/index.ts",
  node: "src/client/node/index.ts",
  client: "src/client/any-runtime/index.ts",
  react: "src/client/react/index.ts",
};

/**
 * Bundled instead of installed as dependencies. tRPC's client has TypeScript and tRPC's server as
 * peer dependencies, which npm would install for every consumer: 26 MB for 30 kB of code.
 */
export const bundled = ["@trpc/client", "@trpc/server"];
