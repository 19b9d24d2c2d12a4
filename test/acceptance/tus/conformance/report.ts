import { styleText } from "node:util";
import { extensions, type Group } from "./check.ts";
import type { Outcome, Result } from "./run-checks.ts";

/** The results of one server, under the name that heads its column. */
export interface Column {
  readonly name: string;
  readonly results: readonly Result[];
}

interface Style {
  /** Whether the terminal shows colours. */
  readonly colour: boolean;
}

const groups: readonly Group[] = ["core", ...extensions, "our contract"];

const marks = {
  passed: "pass",
  failed: "FAIL",
  "not offered": "-",
  "not seen": "?",
} as const satisfies Record<Outcome["kind"], string>;

const colours = {
  passed: "green",
  failed: "red",
  "not offered": "gray",
  "not seen": "yellow",
} as const satisfies Record<Outcome["kind"], string>;

/** Every check with its mark, the summary, and what failed: for people at a terminal. */
export function report(columns: readonly Column[], style: Style): string {
  return [...marksOf(columns, style), "", ...summaryOf(columns), ...failuresOf(columns)].join("\n");
}

function marksOf(columns: readonly Column[], { colour }: Style): string[] {
  const [first] = columns;
  if (first === undefined) return [];
  const wide = Math.max(...first.results.map(({ check }) => check.id.length)) + 2;
  const widths = columns.map(({ name }) => Math.max(name.length, 4) + 2);
  const heads = columns.map(({ name }, at) => name.padEnd(widths[at] ?? 0)).join("");
  const lines = [`${" ".repeat(9 + wide)}${heads}`.trimEnd()];
  for (const group of groups) {
    const rows = first.results.filter(({ check }) => check.extension === group);
    if (rows.length > 0) lines.push("", group);
    for (const { check } of rows) {
      const cells = columns.map(({ results }, at) => {
        const kind = results.find((result) => result.check === check)?.outcome.kind;
        const mark = (kind === undefined ? "" : marks[kind]).padEnd(widths[at] ?? 0);
        return colour && kind !== undefined ? styleText(colours[kind], mark) : mark;
      });
      lines.push(`  ${check.level.padEnd(7)}${check.id.padEnd(wide)}${cells.join("").trimEnd()}`);
    }
  }
  return lines;
}

/** A row for each extension, a few columns for each server. */
function summaryOf(columns: readonly Column[]): string[] {
  const kinds = Object.keys(marks) as Outcome["kind"][];
  const wide = Math.max(...groups.map((group) => group.length)) + 2;
  const each = kinds.join("  ").length + 4;
  const names = columns.map(({ name }) => name.padEnd(each)).join("");
  const heads = columns.map(() => kinds.join("  ").padEnd(each)).join("");
  const row = (title: string, wanted: (group: Group) => boolean) => {
    const cells = columns.map(({ results }) => {
      const counts = kinds.map((kind) => {
        const found = results.filter((r) => wanted(r.check.extension) && r.outcome.kind === kind);
        return String(found.length || ".").padStart(kind.length);
      });
      return counts.join("  ").padEnd(each);
    });
    return `${title.padEnd(wide)}${cells.join("")}`.trimEnd();
  };
  const shown = groups.filter((group) => group !== "our contract");
  const lines = [`${"".padEnd(wide)}${names}`.trimEnd(), `${"".padEnd(wide)}${heads}`.trimEnd()];
  lines.push(...shown.map((group) => row(group, (other) => other === group)));
  lines.push(row("tus 1.0 in all", (group) => group !== "our contract"));
  const own = columns.some(({ results }) =>
    results.some(({ check }) => check.extension === "our contract"),
  );
  if (own)
    lines.push(
      "",
      row("our contract", (group) => group === "our contract"),
    );
  return lines;
}

function failuresOf(columns: readonly Column[]): string[] {
  return columns.flatMap(({ name, results }) => {
    const lines: string[] = [];
    for (const { check, outcome } of results) {
      if (outcome.kind !== "failed") continue;
      lines.push("", `  ${check.level} ${check.id} (${check.clause})`);
      lines.push(`    wanted: ${check.text}`, `    seen:   ${outcome.seen}`);
    }
    const unseen = results.flatMap(({ check, outcome }) =>
      outcome.kind === "not seen" ? [`  ${check.id}: ${outcome.why}`] : [],
    );
    if (lines.length > 0) lines.unshift("", `Failed at ${name}:`);
    if (unseen.length > 0) lines.push("", `Not seen at ${name}:`, ...unseen);
    return lines;
  });
}
