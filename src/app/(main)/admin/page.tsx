import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AdminPage } from "../../../ui/admin/admin-page.tsx";
import { readAdminQuery } from "../../../ui/admin/admin-query.ts";
import { shellMessages } from "../../../ui/messages/shell.ts";
import { requireUser } from "../require-user.ts";

export const metadata: Metadata = { title: shellMessages.links.admin };

interface AdminProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Admin({ searchParams }: AdminProps) {
  const { role } = await requireUser("/admin");
  if (role !== "admin") notFound();
  const asked = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  return <AdminPage initial={readAdminQuery(new URLSearchParams(asked))} />;
}
