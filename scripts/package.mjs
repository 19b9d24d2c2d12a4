// `npm run build:package`: builds the published package (dist/package): client, React hooks, binary, types.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleCode } from "./package/bundle.mjs";
import { bundleDeclarations } from "./package/declarations.mjs";
import { OUT, typeEntries } from "./package/entries.mjs";
import { noticeOf } from "./package/notice.mjs";
import { packageStamp, requireNode, root } from "./project.mjs";

requireNode();
const stamp = packageStamp();
const outdir = path.join(root, OUT);
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });

const { imports, inside } = await bundleCode();
await bundleDeclarations({ entries: typeEntries, outdir, external: imports });
writeFileSync(path.join(outdir, "THIRD-PARTY-LICENSES.txt"), noticeOf(inside));
writeFileSync(path.join(root, "dist/.package-imports.json"), JSON.stringify(imports));
writeFileSync(path.join(root, "dist/.package-stamp"), stamp);
