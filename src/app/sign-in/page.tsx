import { redirect } from "next/navigation";
import { callbackPath } from "../../auth/callback-path.ts";
import { currentUser } from "../../auth/current-user.ts";
import { getApplication } from "../../server/get-application.ts";
import { signInMessages } from "../../ui/messages/sign-in.ts";
import { PageTitle } from "../../ui/shell/page-title.tsx";
import { SignInForm } from "../../ui/sign-in/sign-in-form.tsx";

interface SignInPageProps {
  readonly searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { callbackUrl, error } = await searchParams;
  const { auth, environment } = await getApplication();
  const path = callbackPath(callbackUrl, environment.publicUrl);
  const next = path.startsWith("/sign-in") ? "/" : path;
  if ((await currentUser(getApplication)) !== null) redirect(next);

  return (
    <main className="flex min-h-dvh items-center justify-center bg-background p-4 text-foreground">
      <PageTitle of={signInMessages.title} />
      <SignInForm
        next={next}
        error={typeof error === "string" ? error : null}
        providers={auth.signInProviders}
      />
    </main>
  );
}
