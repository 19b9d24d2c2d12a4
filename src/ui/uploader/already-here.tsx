"use client";

import { FileCheck, LoaderCircle } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button } from "../kit/button.tsx";
import { FileName } from "../kit/file-name.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Notice } from "../kit/notice.tsx";
import { lastButtonOfNeighbour } from "../kit/use-focus-return.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import type { FileHere } from "../uploads/intake.ts";
import { useIntake } from "../uploads/intake-provider.tsx";

/** Maximum number of listed files; the rest is counted. */
const LISTED = 100;

/** Lists files that are already on the server. They are not sent unless the user wants a second copy. */
export function AlreadyHere() {
  const { intake, state } = useIntake();
  const formats = useFormats();
  const { here } = state;
  const list = useRef<HTMLUListElement>(null);
  const more = here.length - LISTED;
  const keep = (key: string) => {
    focusNeighbour(list.current, key);
    intake.keepBoth(key);
  };
  return (
    <>
      <Checking count={state.checking} />
      <div role="status" className="sr-only">
        {here.length > 0 && uploaderMessages.hereAnnounced(here.length, formats)}
      </div>
      {here.length > 0 && (
        <Notice icon={<FileCheck aria-hidden className="text-success" />}>
          <section aria-label={uploaderMessages.here(here.length, formats)}>
            <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <p className="font-medium">
                {uploaderMessages.here(here.length, formats)}{" "}
                <span className="font-normal text-muted-foreground">
                  {uploaderMessages.hereHint(here.length)}
                </span>
              </p>
              <div className="-my-2 -mr-2 flex flex-wrap max-sm:-ml-2.5">
                {here.length > 1 && (
                  <Button look="quiet" size="narrow" onClick={() => intake.keepAll()}>
                    {uploaderMessages.keepAll}
                  </Button>
                )}
                <Button look="quiet" size="narrow" onClick={() => intake.dismiss()}>
                  {uploaderMessages.dismissRejected}
                </Button>
              </div>
            </div>
            <ul ref={list} className="-mr-2 mt-1.5 max-h-64 overflow-y-auto">
              {here.slice(0, LISTED).map((file) => (
                <Row key={file.key} file={file} onKeep={keep} />
              ))}
              {more > 0 && (
                <li className="text-muted-foreground">{uploaderMessages.more(more, formats)}</li>
              )}
            </ul>
          </section>
        </Notice>
      )}
    </>
  );
}

function Row({ file: { key, file, path, view }, onKeep }: RowProps): ReactNode {
  const formats = useFormats();
  return (
    <li data-here={key} className="flex items-center gap-x-3 py-1">
      <div className="min-w-0 flex-1">
        <FileName name={file.name} path={path} className="font-normal" />
        <p className="truncate text-muted-foreground text-xs tabular-nums">
          {uploaderMessages.hereSince(formats.bytes(file.size), formats.date(view.createdAt))}
        </p>
      </div>
      <Button
        look="quiet"
        size="narrow"
        aria-label={uploaderMessages.keepBothOf(path)}
        onClick={() => onKeep(key)}
      >
        {uploaderMessages.keepBoth}
      </Button>
    </li>
  );
}

interface RowProps {
  readonly file: FileHere;
  readonly onKeep: (key: string) => void;
}

function Checking({ count }: { count: number }) {
  const formats = useFormats();
  if (count === 0) return null;
  return (
    <p className="flex items-center gap-2 px-1 text-muted-foreground text-sm tabular-nums">
      <LoaderCircle aria-hidden className="size-4 shrink-0 motion-safe:animate-spin" />
      {uploaderMessages.checking(count, formats)}
    </p>
  );
}

/** Moves the focus from a row that will be removed to its neighbour. */
function focusNeighbour(list: HTMLUListElement | null, key: string): void {
  const rows = Array.from(list?.querySelectorAll<HTMLElement>("[data-here]") ?? []);
  const row = rows.find(({ dataset }) => dataset.here === key) ?? null;
  const nextFocus = lastButtonOfNeighbour(row) ?? document.querySelector<HTMLElement>("#content");
  nextFocus?.focus({ preventScroll: true });
}
