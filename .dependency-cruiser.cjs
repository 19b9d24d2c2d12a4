// Layer rules for the proposed house. One file holds every import rule, so a newcomer reads the whole law in a minute.
// For dependency-cruiser 17.4 (18 asks for Node 22, 17 for TypeScript below 7). A start, not a finished law.
const only = (layer, ...ok) => ({
  name: `${layer}-imports-only`,
  comment: `src/${layer} may import only: ${ok.join(", ") || "itself"}`,
  severity: "error",
  from: { path: `^src/${layer}(/|\\.)` },
  to: { pathNot: [`^src/${layer}(/|\\.)`, ...ok] },
});
const src = (...layers) => `^src/(${layers.join("|")})(/|\\.)`;
const npm = (...names) => `(^|/)node_modules/(${names.join("|")})/`;
const ban = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });

module.exports = {
  forbidden: [
    only("core"),
    only("wire", src("core"), npm("zod", "superjson")),
    only("doors", src("core", "wire", "profiles"), npm("zod", "@trpc/server", "superjson", "@fastify/busboy", "content-disposition", "range-parser", "structured-headers")),
    only("auth", src("core"), npm("next-auth", "next", "@node-rs/argon2"), "^(node:)?(crypto|net)$"),
    only("profiles", src("core"), npm("zod")),
    only("app", src("ui", "auth", "server"), npm("next", "react", "geist")),
    only("ui", src("core", "wire", "client", "doors"), npm("react", "react-dom", "@tanstack/[^/]+", "@trpc/client", "@trpc/tanstack-react-query", "lucide-react", "sonner", "next-themes", "recharts")),
    only("digests", npm("hash-wasm")),
    only("client", src("core", "wire", "digests", "doors"), npm("react", "@trpc/client", "@trpc/server/dist/observable", "superjson", "hash-wasm", "idb-keyval"), "^(node:)?[a-z_/]+$"),

    ban("adapters-look-inward", { path: "^src/adapters/" }, { path: src("wire", "doors", "auth", "server", "app", "ui", "client", "cli", "env") }, "An adapter knows its port and its vendor, nothing else."),
    ban("adapters-are-strangers", { path: "^src/adapters/(?!prisma/)([^/]+)/" }, { path: "^src/adapters/", pathNot: "^src/adapters/$1/" }, "No adapter imports another adapter."),
    ban("prisma-knows-only-sqlite", { path: "^src/adapters/prisma/" }, { path: "^src/adapters/", pathNot: "^src/adapters/(prisma|sqlite)/" }, "Prisma's driver adapter for SQLite is ours: it runs on the threads of adapters/sqlite, which know nothing of Prisma."),
    ban("sqlite-only-in-its-adapter", { path: "^src/", pathNot: "^src/adapters/sqlite/" }, { path: npm("@photostructure/sqlite") }, "Two copies of SQLite in one process release each other's file locks: one module loads it."),
    ban("doors-are-strangers", { path: "^src/doors/([^/]+)/" }, { path: "^src/doors/", pathNot: ["^src/doors/$1/", "^src/doors/http/"] }, "Doors share only doors/http and what lies below them."),
    ban("http-kit-knows-no-door", { path: "^src/doors/http/" }, { path: "^src/doors/(?!http/)" }, "The shared kit never points back at a door."),

    ban("doors-know-profiles-by-type", { path: "^src/doors/" }, { path: "^src/profiles\\.", dependencyTypesNot: ["type-only"] }, "The router is typed by the operator's profiles; what they do at run time is the core's."),
    ban("trpc-only-in-its-door", { path: "^src/", pathNot: ["^src/doors/trpc/"] }, { path: npm("@trpc/server"), pathNot: npm("@trpc/server/dist/observable") }, "tRPC is one door, not the architecture. (A link of tRPC's client is made of its observables, which live in the server's package.)"),
    ban("prisma-only-in-its-adapter", { path: "^src/", pathNot: ["^src/adapters/prisma/"] }, { path: [npm("@prisma/[^/]+"), "^src/generated/"] }, "Only the Prisma adapter touches the database client; NextAuth gets its store handed in."),
    ban("s3-only-in-its-adapter", { path: "^src/", pathNot: ["^src/adapters/s3/"] }, { path: npm("@aws-sdk/[^/]+") }, "Only the S3 adapter knows the AWS SDK."),
    ban("next-only-at-the-shell", { path: "^src/", pathNot: ["^src/(app|auth|server)/"] }, { path: npm("next", "next-auth", "server-only") }, "Everything below the shell runs without Next."),

    ban("router-type-only", { path: "^src/(ui|client)/" }, { path: "^src/doors/", dependencyTypesNot: ["type-only"] }, "The browser may know the router's type, never its code."),
    ban("engine-is-neutral", { path: "^src/client/([^/]+|protocols/.*)$" }, { path: ["^src/client/(browser|node|react)/", npm("react")] }, "The upload engine knows neither browser, nor Node, nor React."),
    ban("node-core-only-in-client-node", { path: "^src/client/", pathNot: "^src/client/node/" }, { dependencyTypes: ["core"] }, "Node modules stay in client/node."),
    ban("client-runtimes-are-strangers", { path: "^src/client/(browser|node|react)/" }, { path: "^src/client/(browser|node|react)/", pathNot: "^src/client/$1/" }, "browser, node and react entries do not import each other."),
    { name: "secrets-stay-on-the-server", severity: "error", comment: "No path, however long, leads from browser code to env, server or an adapter.", from: { path: "^src/(ui|client/(browser|react))/" }, to: { path: "^src/(env|server|adapters)", reachable: true } },

    ban("env-read-at-the-root-only", { path: "^src/", pathNot: ["^src/server/"] }, { path: "^src/env\\." }, "Configuration is passed in, never imported."),
    ban("cli-goes-through-the-door", { path: "^src/cli/" }, { path: src("core", "adapters", "doors", "auth", "app", "ui") }, "The CLI uses the client or the composition root."),
    { name: "published-bin-is-client-only", severity: "error", comment: "The bin people install carries no server code.", from: { path: "^src/cli/bin\\." }, to: { path: "^src/(env|server|auth|adapters)", reachable: true } },
    ban("acceptance-is-black-box", { path: "^test/acceptance/" }, { path: "^src/" }, "Acceptance tests speak HTTP only."),
    ban("src-never-imports-test", { path: "^src/" }, { path: "^test/" }, "Product code does not know its tests."),
    ban("no-runtime-cycles", {}, { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } }, "A cycle broken by a type-only edge is tolerated."),
    ban("no-unresolvable", {}, { couldNotResolve: true }, "Every import resolves."),
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^src/generated/"] },
    exclude: { path: "^(\\.next|dist)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"], extensions: [".ts", ".tsx", ".js", ".mjs", ".d.ts"] },
  },
};
