"use client";

import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";
import type { UploadClient } from "../../client/browser/index.ts";
import type { UploadQueue } from "../../client/upload-queue.ts";
import { Intake, type IntakeSnapshot } from "./intake.ts";

const IntakeContext = createContext<Intake | null>(null);

interface IntakeProviderProps {
  readonly client: UploadClient;
  readonly queue: UploadQueue;
  readonly children: ReactNode;
}

/** Provides one intake for all pages. */
export function IntakeProvider({ client, queue, children }: IntakeProviderProps) {
  const [intake] = useState(
    () =>
      new Intake({
        existing: ({ file, path }) => client.existing(file, { path }),
        keyOf: ({ file, path }) => client.fingerprint(file, { path }),
        chosen: () => void queue.add([]),
        send: (files) => {
          const entries = files.map(({ file, path }) => ({ file, options: { path } }));
          void queue.add(entries, { keepsPause: true });
        },
      }),
  );
  return <IntakeContext value={intake}>{children}</IntakeContext>;
}

/** The intake of the page, and its state. */
export function useIntake(): { intake: Intake; state: IntakeSnapshot } {
  const intake = useContext(IntakeContext);
  if (intake === null) throw new Error("useIntake must be used inside an IntakeProvider.");
  const state = useSyncExternalStore(intake.subscribe, intake.snapshot, intake.snapshot);
  return { intake, state };
}
