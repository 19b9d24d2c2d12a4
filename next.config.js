/** Tests set a separate directory for a second `next dev` at the same time. */
const distDir = process.env.NEXT_DIST_DIR ?? ".next";
const isDevelopment = process.env.NODE_ENV === "development";
const root = import.meta.dirname ?? process.cwd();

/** Requests through our own server already have a stricter policy, with a nonce for scripts. */
const policyOfServer = [{ type: "header", key: "content-security-policy" }];
/**
 * The policy for Next without our server, mainly `next dev`. A static header cannot have a nonce, but Next
 * writes inline scripts into each page. In development React uses `eval` to rebuild server stacks.
 * Uploads are attachments with `nosniff`, but 'self' does not forbid them as scripts.
 */
const plainPolicy = [
  `script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'${isDevelopment ? " 'unsafe-eval'" : ""}`,
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join("; ");

const pageHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
];

/** @type {import("next").NextConfig} */
export default {
  distDir,
  // Next would compress partial responses without changing their ETag. Our server compresses pages.
  compress: false,
  // Doors accept paths with and without a trailing slash. A redirect would lose the body.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: [
    "@aws-sdk/client-s3",
    "@aws-sdk/s3-request-presigner",
    "@prisma/adapter-pg",
    "hash-wasm",
    "file-type",
  ],
  // `npm run check` checks the types.
  typescript: {
    ignoreBuildErrors: true,
    ...(process.env.NEXT_DIST_DIR ? { tsconfigPath: `${distDir}.tsconfig.json` } : {}),
  },
  turbopack: {
    root,
    // Paths in DATA_DIR are known only at run time. Traced files are not used for deployment.
    ignoreIssue: [{ path: "**/src/adapters/filesystem/**", title: /Dynamic filesystem access/ }],
  },
  outputFileTracingRoot: root,
  // The pages have no images, and the optimizer would fetch and cache images for any client.
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
