import type { Logger } from "../../src/core/ports/system.ts";

export interface LogEntry {
  level: keyof Logger;
  facts: object;
  message: string;
}

/** A logger that keeps what it is told. */
export function recordingLog(): Logger & { entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  const at = (level: keyof Logger) => (facts: object, message: string) => {
    entries.push({ level, facts, message });
  };
  return { entries, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
