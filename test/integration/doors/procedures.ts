import superjson from "superjson";
import { createAppRouter } from "../../../src/doors/trpc/app-router.ts";
import { type PlainRequest, send, type WholeAnswer } from "../../support/http-client.ts";
import type { CallerHeaders } from "./callers.ts";

/** A procedure for tests: a valid input, and who may call it. */
export interface ProcedureFacts {
  readonly input: (uploadId: string) => unknown;
  /** `upload`: concerns one upload; `own`: concerns the user's own data; `admin`: for admins only. */
  readonly reach: "upload" | "own" | "admin";
  /** For sessions only: an API token gets 401. */
  readonly sessionOnly?: true;
  /** A ticket for the upload may call it. */
  readonly byTicket?: true;
}

const nothing = () => undefined;
const anId = () => "11111111-2222-4333-8444-555555555555";

/** All procedures; a test fails if one is missing. */
export const facts: Readonly<Record<string, ProcedureFacts>> = {
  "uploads.init": { input: () => ({ filename: "a", size: 1 }), reach: "own" },
  "uploads.status": { input: (id) => ({ id }), reach: "upload", byTicket: true },
  "uploads.complete": {
    input: (id) => ({ id, checksum: "d41d8cd98f00b204e9800998ecf8427e" }),
    reach: "upload",
    byTicket: true,
  },
  // These are uploads through the server: the owner gets INVALID_INPUT.
  "uploads.parts": { input: (id) => ({ id }), reach: "upload", byTicket: true },
  "uploads.list": { input: () => ({}), reach: "own" },
  "uploads.resumable": { input: () => ({ filename: "a", size: 1 }), reach: "own" },
  "uploads.existing": { input: () => [{ filename: "a", size: 1 }], reach: "own" },
  "uploads.delete": { input: (id) => ({ id }), reach: "upload" },
  "uploads.ticket": { input: (id) => ({ id, expiresInSeconds: 60 }), reach: "upload" },
  "uploads.watch": { input: (id) => ({ id }), reach: "upload", byTicket: true },
  "tokens.create": { input: () => ({ name: "a" }), reach: "own", sessionOnly: true },
  "tokens.list": { input: nothing, reach: "own", sessionOnly: true },
  "tokens.revoke": { input: () => ({ id: anId() }), reach: "own", sessionOnly: true },
  "tokens.revokeAll": { input: nothing, reach: "own", sessionOnly: true },
  "admin.uploads.list": { input: () => ({}), reach: "admin" },
  "admin.uploads.get": { input: (id) => ({ id }), reach: "admin" },
  "admin.uploads.delete": { input: (id) => ({ ids: [id] }), reach: "admin" },
  "admin.uploads.sweep": { input: () => ({ dryRun: true }), reach: "admin" },
  "admin.users.list": { input: nothing, reach: "admin", sessionOnly: true },
  "admin.users.create": {
    input: () => ({ email: "new@example.com", password: "a password of some length" }),
    reach: "admin",
    sessionOnly: true,
  },
  "admin.users.update": {
    input: () => ({ id: anId(), name: "a" }),
    reach: "admin",
    sessionOnly: true,
  },
  "admin.stats": { input: () => ({}), reach: "admin" },
};

export type ProcedureKind = "query" | "mutation" | "subscription";

/** The names of all procedures of the router, with their types. */
export function routerProcedures(): Map<string, ProcedureKind> {
  const router = createAppRouter({ core: {}, isDev: false, profiles: {} } as never);
  const { procedures } = (router as unknown as Router)._def;
  return new Map(Object.entries(procedures).map(([name, { _def }]) => [name, _def.type]));
}

interface Router {
  readonly _def: { readonly procedures: Record<string, { _def: { type: ProcedureKind } }> };
}

/** Calls a procedure over HTTP. */
export function call(
  url: string,
  procedure: { name: string; kind: ProcedureKind; input: unknown },
  headers: CallerHeaders,
): Promise<WholeAnswer> {
  const { name, kind, input } = procedure;
  const at = `${url}/api/trpc/${name}`;
  const text = JSON.stringify(superjson.serialize(input));
  if (kind === "mutation") {
    const json = { "content-type": "application/json", ...headers };
    return send(at, { method: "POST", headers: json, body: text } satisfies PlainRequest);
  }
  const accept = kind === "subscription" ? { accept: "text/event-stream" } : {};
  return send(`${at}?input=${encodeURIComponent(text)}`, { headers: { ...accept, ...headers } });
}

/** Status and code of a tRPC response: "200", or "404 NOT_FOUND". */
export function outcomeOf(answer: WholeAnswer): string {
  if (answer.status === 200) return "200";
  const { error } = answer.json() as {
    error: { json: { data: { httpStatus: number; upload: { code: string } } } };
  };
  const { httpStatus, upload } = error.json.data;
  const agrees = httpStatus === answer.status ? "" : ` (httpStatus ${httpStatus})`;
  return `${answer.status} ${upload.code}${agrees}`;
}
