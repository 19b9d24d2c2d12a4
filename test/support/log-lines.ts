import type { SpawnedServer } from "./spawn-server.ts";

export type LogLine = { readonly [field: string]: unknown };

/** The lines that a server has logged since its last start, parsed. */
export function logLines(server: Pick<SpawnedServer, "output">): LogLine[] {
  const whole = server.output().split("\n").slice(0, -1);
  return whole.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** The audit lines of one action. */
export function auditLines(server: Pick<SpawnedServer, "output">, action: string): LogLine[] {
  return logLines(server).filter(({ audit }) => audit === action);
}
