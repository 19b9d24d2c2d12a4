/** A second `next dev` beside a running one (tests do that) needs a place of its own. */
const distDir = process.env.NEXT_DIST_DIR ?? ".next";
const root = import.meta.dirname ?? process.cwd();

/** Our own server has put a stricter policy on the request, which says what scripts may run. */
const policyOfServer = [{ type: "header", key: "content-security-policy" }];
const plainPolicy = "frame-ancestors 'none'; base-uri 'self'; object-src 'none'";

const pageHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
];

/** @type {import("next").NextConfig} */
export default {
  distDir,
  // Next would compress a partial response and keep its ETag; our server compresses pages only.
  compress: false,
  // Doors answer with and without a trailing slash; a redirect would lose the body.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: ["@prisma/adapter-pg", "hash-wasm", "file-type"],
  // Types are checked by `npm run check`; a build on somebody's machine need not do it again.
  typescript: {
    ignoreBuildErrors: true,
    ...(process.env.NEXT_DIST_DIR ? { tsconfigPath: `${distDir}.tsconfig.json` } : {}),
  },
  turbopack: {
    root,
    // Paths below DATA_DIR are known at run time only. Nothing is deployed by traced files here.
    ignoreIssue: [{ path: "**/src/adapters/filesystem/**", title: /Dynamic filesystem access/ }],
  },
  outputFileTracingRoot: root,
  // The pages show no pictures. The optimizer would fetch and keep what anybody asks for.
  images: { unoptimized: true },
  headers: async () => [
    { source: "/:path*", headers: pageHeaders },
    {
      source: "/:path*",
      missing: policyOfServer,
      headers: [{ key: "Content-Security-Policy", value: plainPolicy }],
    },
  ],
};
