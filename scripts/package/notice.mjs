import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../project.mjs";

/** The licenses of the bundled packages, which must be included in the published package. */
export function noticeOf(names) {
  return `${["This package contains code of the following packages.", ...names.map(licenceOf)].join("\n\n")}\n`;
}

function licenceOf(name) {
  const directory = path.join(root, "node_modules", name);
  const { version, license } = JSON.parse(
    readFileSync(path.join(directory, "package.json"), "utf8"),
  );
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined ? "" : `\n\n${readFileSync(path.join(directory, file), "utf8").trim()}`;
  return `--- ${name} ${version} (${license})${text}`;
}
