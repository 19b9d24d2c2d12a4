"use client";

import { createContext, type ReactNode, useContext, useState } from "react";
import { createUploadClient } from "../../client/browser/index.ts";
import type { UploadQueue } from "../../client/upload-queue.ts";
import { ControlProvider } from "../trpc/control-provider.tsx";
import { IntakeProvider } from "./intake-provider.tsx";
import { RefusalsProvider } from "./refusals.tsx";
import { RemovalsProvider } from "./removals.tsx";

const QueueContext = createContext<UploadQueue | null>(null);

/**
 * Provides one upload client and one queue for all pages, so that uploads continue across page changes.
 * `account` separates the stored uploads of several users of one browser.
 */
export function UploadsProvider({ account, children }: { account: string; children: ReactNode }) {
  const [client] = useState(() => createUploadClient({ account }));
  const [queue] = useState(() => client.createQueue());
  return (
    <ControlProvider client={client}>
      <QueueContext value={queue}>
        <RemovalsProvider queue={queue}>
          <IntakeProvider client={client} queue={queue}>
            <RefusalsProvider>{children}</RefusalsProvider>
          </IntakeProvider>
        </RemovalsProvider>
      </QueueContext>
    </ControlProvider>
  );
}

/** Returns the queue of all pages. */
export function useQueue(): UploadQueue {
  const queue = useContext(QueueContext);
  if (queue === null) throw new Error("useQueue must be used inside an UploadsProvider.");
  return queue;
}
