import type { Application } from "./application.ts";

/** The administrator that a first start made; `password` is null when it was given. */
type FirstAdmin = { readonly email: string; readonly password: string | null };

/** What the banner shows in addition to what the application knows. */
export interface StartFacts {
  /** The address on which the server listens; null if another server listens for it. */
  readonly address: string | null;
  readonly firstAdmin: FirstAdmin | null;
}

/** What the operator reads when the server is up. The password appears here and nowhere else. */
export function startBanner(
  { environment, migrated }: Pick<Application, "environment" | "migrated">,
  { address, firstAdmin }: StartFacts,
): string {
  const rows: [string, string][] = [
    ["database", databaseName(environment.databaseUrl)],
    ["files", `${environment.dataDir}/media`],
  ];
  if (address !== null && address !== environment.publicUrl) rows.unshift(["listening", address]);
  if (migrated.length > 0) rows.push(["migrations", `${migrated.length} applied`]);
  const lines = ["", `  Ready at ${environment.publicUrl}`, "", ...rows.map(toLine)];
  if (firstAdmin !== null) lines.push("", ...firstAdminLines(firstAdmin));
  return `${lines.join("\n")}\n\n`;
}

/** The first administrator alone, for a start that fails after it was made. */
export function firstAdminNotice(firstAdmin: FirstAdmin): string {
  return `\n${firstAdminLines(firstAdmin).join("\n")}\n\n`;
}

function toLine([name, value]: readonly [string, string]): string {
  return `  ${name.padEnd(11)} ${value}`;
}

function firstAdminLines({ email, password }: FirstAdmin): string[] {
  if (password === null) return [`  The administrator ${email} was made, with ADMIN_PASSWORD.`];
  return [
    "  Sign in as the first administrator. The password is shown this once:",
    "",
    toLine(["e-mail", email]),
    toLine(["password", password]),
    toLine(["if lost", `npm run cli -- user password ${email}`]),
  ];
}

/** A database's name for messages, without the password that a PostgreSQL URL may carry. */
export function databaseName(url: string): string {
  if (url.startsWith("file:")) return `SQLite, ${url.slice("file:".length)}`;
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL, ${hostname}${port === "" ? "" : `:${port}`}${pathname}`;
}
