import { notFound } from "next/navigation";
import { AdminPage } from "../../../ui/admin/admin-page.tsx";
import { readAdminQuery } from "../../../ui/admin/admin-query.ts";
import { shellMessages } from "../../../ui/messages/shell.ts";
import { PageTitle } from "../../../ui/shell/page-title.tsx";
import { requireUser } from "../require-user.ts";

interface AdminProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Admin({ searchParams }: AdminProps) {
  const { role } = await requireUser("/admin");
  if (role !== "admin") notFound();
  const parameters = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  return (
    <>
      <PageTitle of={shellMessages.links.admin} />
      <AdminPage initial={readAdminQuery(new URLSearchParams(parameters))} />
    </>
  );
}
