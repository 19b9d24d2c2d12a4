// `npm start`: builds if the sources changed since the last build, then runs the server in this process.
import { buildIfStale, loadEnvFile, requireNode, root } from "./project.mjs";

requireNode();
process.chdir(root);
loadEnvFile();
await buildIfStale({ checkSettings: true });
process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
await import(new URL("../dist/server.js", import.meta.url).href);
