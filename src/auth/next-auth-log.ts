import type { LoggerInstance } from "next-auth";
import type { Logger } from "../core/ports/system.ts";

/** Errors that any client can cause by sending an old cookie: no reason to alert an operator. */
const ordinary = new Set(["JWT_SESSION_ERROR", "CLIENT_FETCH_ERROR"]);

/**
 * NextAuth's log lines in ours. Only code and message: its metadata holds providers and profiles.
 * Any client can also cause a failed callback, so NextAuth's errors are logged as warnings at most.
 */
export function nextAuthLog(log: Logger): LoggerInstance {
  return {
    error(code, metadata) {
      const facts = { code, reason: reasonOf(metadata) };
      if (ordinary.has(code)) log.debug(facts, "next-auth");
      else log.warn(facts, "next-auth");
    },
    warn: (code) => log.debug({ code }, "next-auth"),
    debug: () => undefined,
  };
}

function reasonOf(metadata: unknown): string {
  const { error, message } = Object(metadata) as { error?: unknown; message?: unknown };
  if (error instanceof Error) return error.message;
  return typeof message === "string" ? message : "";
}
