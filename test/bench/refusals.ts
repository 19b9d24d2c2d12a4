import { findNginx } from "../support/nginx.ts";
import { type Figures, runMatrix } from "../support/refusals/matrix.ts";

/**
 * `npm run matrix`: does the response to every refused body arrive, and does no other request suffer?
 * Every door and stage, bodies of 0.1 to 32 MiB, directly and through nginx. Prints a row of figures
 * for each, and ends with 1 when anything was lost. `-- --rounds N` repeats each request N times.
 */
const MIB = 2 ** 20;
const SIZES = [0.1, 0.5, 1, 2, 8, 32].map((size) => Math.round(size * MIB));
const COLUMNS = ["route", "door", "stage", "MiB", "sent", "lost", "next lost", "innocent", "hurt"];
const WIDTHS = [20, 8, 8, 6, 6, 6, 11, 10, 6];

const print = (cells: readonly unknown[], rest = "") =>
  process.stdout.write(
    `${cells.map((cell, i) => String(cell).padEnd(WIDTHS[i] ?? 0)).join("")}${rest}\n`,
  );

function printRow(row: Figures): void {
  const { route, door, stage, size, sent, lost, nextLost, innocent, hurt, reasons } = row;
  const mib = Number((size / MIB).toFixed(1));
  print([route, door, stage, mib, sent, lost, nextLost, innocent, hurt], reasons.join("; "));
}

const at = process.argv.indexOf("--rounds");
const rounds = at < 0 ? 3 : Number(process.argv[at + 1]);

if (findNginx() === null)
  print(["No nginx is found (NGINX_PATH names one): its rows are left out."]);
print(COLUMNS);
const rows = await runMatrix({ sizes: SIZES, rounds, onRow: printRow });
const sum = (count: (row: Figures) => number) => rows.reduce((all, row) => all + count(row), 0);
const [sent, lost, nextLost] = [sum((r) => r.sent), sum((r) => r.lost), sum((r) => r.nextLost)];
const [innocent, hurt] = [sum((r) => r.innocent), sum((r) => r.hurt)];
print(["all", "", "", "", sent, lost, nextLost, innocent, hurt]);
process.exitCode = lost + nextLost + hurt === 0 ? 0 : 1;
