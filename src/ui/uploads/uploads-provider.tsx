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
 * One upload client and one queue for all pages: uploads go on while the user looks at another one.
 * `account` keeps apart what several users of one browser have under way.
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

/** The queue of the page. */
export function useQueue(): UploadQueue {
  const queue = useContext(QueueContext);
  if (queue === null) throw new Error("There is no UploadsProvider above this component.");
  return queue;
}
