/** Where `npm run build:package` puts what `npm pack` takes along. */
export const OUT = "dist/package";

/** The code that others import, by the name of its file in the package. */
export const codeEntries = {
  index: "src/client/index.ts",
  browser: "src/client/browser/index.ts",
  node: "src/client/node/index.ts",
  react: "src/client/react/index.ts",
  bin: "src/cli/bin.ts",
};

/** Runs beside a page: a file of its own, which every bundler finds by `new URL(…, import.meta.url)`. */
export const workerEntry = "src/client/browser/hash-worker.ts";

/** The types of what others import. `client` serves compilers that cannot know the runtime. */
export const typeEntries = {
  index: "src/client/index.ts",
  browser: "src/client/browser/index.ts",
  node: "src/client/node/index.ts",
  client: "src/client/any-runtime/index.ts",
  react: "src/client/react/index.ts",
};

/**
 * Bundled, not depended on. tRPC's client asks for TypeScript and for tRPC's server as its peers,
 * which npm would install at everybody who installs us: 26 MB for code of 30 kB.
 */
export const bundled = ["@trpc/client", "@trpc/server"];
