import type { Cluster } from "./cluster.ts";
import {
  type ClusterPlan,
  type ClusterRun,
  type DoorName,
  doors,
  type Outcome,
} from "./run-cluster.ts";

type Say = (line: string) => void;

/** Prints tables, and the history of each upload that failed. Returns whether everything is right. */
export async function report(
  cluster: Cluster,
  { plan, run, say }: { plan: ClusterPlan; run: ClusterRun; say: Say },
): Promise<boolean> {
  const access = await cluster.accessLog();
  say(`\n| door | uploads | given up | MiB | requests | repeats by cause | failed |`);
  say("| --- | --- | --- | --- | --- | --- | --- |");
  for (const door of Object.keys(doors) as DoorName[]) say(rowOf(door, run.outcomes));
  say(
    "\n| status of nginx | of the instances | Retry-After | requests |\n| --- | --- | --- | --- |",
  );
  for (const [key, count] of tally(access)) say(`| ${key} | ${count} |`);
  for (const [what, count] of run.disturbances.counts) say(`${count} × ${what}`);
  const failed = run.outcomes.filter(({ problem }) => problem !== null);
  for (const outcome of failed) tell(outcome, { access, run, say });
  const errors = errorsOf(cluster, run);
  for (const [message, count] of errors) say(`${count} × logged: ${message}`);
  for (const problem of run.problems) say(`PROBLEM: ${problem}`);
  const { leftovers } = run;
  const seconds = run.sendingMs / 1_000;
  const mib = sum(run.outcomes, ({ bytes }) => bytes) / 2 ** 20;
  say(
    `\n${plan.uploads} uploads, ${mib.toFixed(0)} MiB in ${seconds.toFixed(0)} s; ${failed.length} failed. ` +
      (leftovers === null
        ? "The bucket is not as it must be."
        : `${leftovers.complete} complete, ${leftovers.abandoned} swept, ${leftovers.objects} objects in the bucket, none unowned.`),
  );
  return failed.length === 0 && run.problems.length === 0;
}

function rowOf(door: DoorName, all: readonly Outcome[]): string {
  const outcomes = all.filter((outcome) => outcome.door === door);
  const repeats = new Map<string, number>();
  for (const { history } of outcomes)
    for (const [cause, count] of history.repeats)
      repeats.set(cause, (repeats.get(cause) ?? 0) + count);
  const cells = [
    door,
    outcomes.length,
    outcomes.filter(({ abandoned }) => abandoned).length,
    (sum(outcomes, ({ bytes }) => bytes) / 2 ** 20).toFixed(0),
    sum(outcomes, ({ history }) => history.requests),
    [...repeats].map(([cause, count]) => `${cause}: ${count}`).join(", "),
    outcomes.filter(({ problem }) => problem !== null).length,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Status, statuses of the instances and `Retry-After` of all requests but successful ones. */
function tally(access: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const line of access) {
    const [, status, upstream, retryAfter] = /^\S+ (\d+) \[(.*?)\] \[(.*?)\]/.exec(line) ?? [];
    const key = `${status} | ${upstream} | ${retryAfter}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([one], [other]) => one.localeCompare(other));
}

function tell(
  outcome: Outcome,
  means: { access: readonly string[]; run: ClusterRun; say: Say },
): void {
  const { number, door, bytes, history, problem } = outcome;
  const { access, run, say } = means;
  const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(history.lines.join("\n")) ?? [outcome.id];
  say(`\n### upload ${number} through ${door}, ${bytes} bytes: ${problem}`);
  const first = history.lines[0]?.slice(0, 24) ?? "";
  const last = history.lines.at(-1)?.slice(0, 24) ?? "";
  const faults = run.disturbances.lines.filter(
    (line) => line >= first && line.slice(0, 24) <= last,
  );
  for (const line of [...history.lines, ...faults].sort()) say(line);
  if (id === undefined || id === "") return;
  for (const line of access.filter((entry) => entry.includes(id))) say(`nginx: ${line}`);
}

/** Errors and warnings in the logs of the instances, by message. */
function errorsOf(cluster: Cluster, run: ClusterRun): [string, number][] {
  const counts = new Map<string, number>();
  const outputs = [...run.disturbances.outputs, ...cluster.instances.map((each) => each.output())];
  for (const line of outputs.join("\n").split("\n")) {
    const [, level, message] = /"level":(\d+).*"msg":"(.*?)"/.exec(line) ?? [];
    if (level === undefined) continue;
    const key = `level ${level}: ${message}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

function sum(outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + of(outcome), 0);
}
