import type { Application } from "./application.ts";

/** What the operator reads when the server is up. The password appears here and nowhere else. */
export function startBanner(application: Application, address: string | null): string {
  const { environment, firstAdmin, migrated } = application;
  const rows: [string, string][] = [
    ["database", databaseName(environment.databaseUrl)],
    ["files", `${environment.dataDir}/media`],
  ];
  if (address !== null && address !== environment.publicUrl) rows.unshift(["listening", address]);
  if (migrated.length > 0) rows.push(["migrations", `${migrated.length} applied`]);
  const lines = ["", `  Ready at ${environment.publicUrl}`, ""];
  lines.push(...rows.map(([name, value]) => `  ${name.padEnd(11)} ${value}`));
  return `${lines.join("\n")}\n${firstAdminNotice({ firstAdmin })}\n`;
}

/** Who the first administrator is, if this start made one: nobody else can tell the password. */
export function firstAdminNotice({ firstAdmin }: Pick<Application, "firstAdmin">): string {
  return firstAdmin === null ? "" : `\n${firstAdminLines(firstAdmin).join("\n")}\n`;
}

function firstAdminLines({ email, password }: NonNullable<Application["firstAdmin"]>): string[] {
  if (password === null) return [`  The administrator ${email} was made, with ADMIN_PASSWORD.`];
  return [
    "  The first administrator was made. The password is shown this once:",
    "",
    `  ${"e-mail".padEnd(11)} ${email}`,
    `  ${"password".padEnd(11)} ${password}`,
  ];
}

/** Never with the password that a PostgreSQL URL may carry. */
function databaseName(url: string): string {
  if (url.startsWith("file:")) return `SQLite, ${url.slice("file:".length)}`;
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL, ${hostname}${port === "" ? "" : `:${port}`}${pathname}`;
}
