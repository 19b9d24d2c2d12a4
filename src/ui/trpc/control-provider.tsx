"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { UploadClient } from "../../client/browser/index.ts";
import { isRetryable, readFailure } from "../../client/failure.ts";
import { TRPCProvider } from "./trpc.ts";

/** Provides the tRPC client and a query cache to the components below it. */
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
        // Retries only errors that can be temporary.
        retry: (count, error) => count < 3 && isRetryable(readFailure(error).code),
      },
    },
  });
}
