import type { NextRequest } from "next/server";
import { type NextAuthContext, serveNextAuth } from "../../../../auth/serve-next-auth.ts";
import { getApplication } from "../../../../server/get-application.ts";
import { inRequest } from "../../../../server/request-scope.ts";

async function handle(request: NextRequest, context: NextAuthContext): Promise<Response> {
  const { auth } = await getApplication();
  return inRequest(request.headers.get("x-request-id"), () =>
    serveNextAuth(auth.nextAuthOptions, request, context),
  );
}

export { handle as GET, handle as POST };
