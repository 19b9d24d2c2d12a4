"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { UploadClient } from "../../client/browser/index.ts";
import { isRetryable, readFailure } from "../../client/failure.ts";
import { TRPCProvider } from "./trpc.ts";

/** Gives the components below it the control calls and a cache for their answers. */
export function ControlProvider({
  client,
  children,
}: {
  client: UploadClient;
  children: ReactNode;
}) {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client.trpc} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal stays one; only what may pass is asked again.
        retry: (count, error) => count < 3 && isRetryable(readFailure(error).code),
      },
    },
  });
}
