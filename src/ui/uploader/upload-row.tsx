"use client";

import { memo } from "react";
import type { UploadSnapshot } from "../../client/snapshot.ts";
import type { QueueItem } from "../../client/upload-queue.ts";
import type { UploadView } from "../../wire/schemas.ts";
import type { Formats } from "../format.ts";
import { Badge } from "../kit/badge.tsx";
import { classNames } from "../kit/class-names.ts";
import { Facts } from "../kit/facts.tsx";
import { FileName } from "../kit/file-name.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Progress } from "../kit/progress.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { findUnfinished } from "../uploads/match-unfinished.ts";
import { describeUpload, type UploadDescription } from "./describe-upload.ts";
import { StateIcon } from "./state-icon.tsx";
import { UploadActions } from "./upload-actions.tsx";
import { usePacedUpload } from "./use-paced-upload.ts";

interface UploadRowProps {
  readonly item: QueueItem;
  /** Unfinished uploads on the server. The file may resume one of them. */
  readonly unfinished: readonly UploadView[];
  readonly onRemove: (key: number) => void;
}

/**
 * A file of the queue. It renders when its upload changes, independently of the list. The row of a
 * finished file has no bar but keeps its height, so that no button moves under the pointer.
 */
export const UploadRow = memo(function UploadRow({ item, unfinished, onRemove }: UploadRowProps) {
  const { snapshot, words, formats } = useRow(item, unfinished);
  return (
    <li
      data-key={item.key}
      data-phase={snapshot.phase}
      className="grid min-h-21 grid-cols-[minmax(0,1fr)_auto] content-center items-center gap-x-3 px-4 py-3 max-sm:min-h-27 sm:grid-cols-[minmax(0,1fr)_auto_auto]"
    >
      <FileName name={snapshot.filename} path={snapshot.path} />
      <div className="col-start-1 mt-1 flex min-w-24 sm:col-start-2 sm:row-span-2 sm:row-start-1 sm:mt-0 sm:justify-end">
        <State snapshot={snapshot} words={words} />
      </div>
      <div className="col-start-2 row-span-2 row-start-1 sm:col-start-3">
        <UploadActions item={item} snapshot={snapshot} onRemove={onRemove} />
      </div>
      <div className="col-start-1 max-sm:col-span-2">
        <Bar snapshot={snapshot} words={words} formats={formats} className="mt-2" />
        <div className="mt-1.5 flex justify-between gap-x-4 text-muted-foreground text-xs tabular-nums">
          <span>
            <Facts of={words.facts} />
          </span>
          <Share snapshot={snapshot} words={words} formats={formats} />
        </div>
        {words.reason !== null && (
          <p className={classNames("mt-1 text-xs", toneOfReason(snapshot))}>{words.reason}</p>
        )}
      </div>
    </li>
  );
});

interface CompactRowProps extends UploadRowProps {
  /** The index in the list, from 0, and the length of the list. */
  readonly index: number;
  readonly count: number;
  /** Position and height in pixels. */
  readonly top: number;
  readonly height: number;
}

/** A file of a virtualized list, positioned absolutely: two lines with a fixed height. */
export const CompactRow = memo(function CompactRow(props: CompactRowProps) {
  const { item, unfinished, onRemove, index, count, top, height } = props;
  const { snapshot, words, formats } = useRow(item, unfinished);
  return (
    <li
      data-key={item.key}
      data-phase={snapshot.phase}
      aria-posinset={index + 1}
      aria-setsize={count}
      className="absolute inset-x-0 grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-3 border-border border-b px-4"
      style={{ top, height }}
    >
      <div className="min-w-0">
        <FileName name={snapshot.filename} path={snapshot.path} />
        <div className="mt-1 flex items-center gap-x-3 text-muted-foreground text-xs tabular-nums">
          <Bar
            still
            snapshot={snapshot}
            words={words}
            formats={formats}
            className="w-16 shrink-0 sm:w-28"
          />
          <span
            title={words.reason ?? undefined}
            className={classNames("truncate", words.reason !== null && toneOfReason(snapshot))}
          >
            {words.reason ?? words.facts.join(" · ")}
          </span>
        </div>
      </div>
      <div className="flex min-w-24 justify-end max-sm:hidden">
        <State snapshot={snapshot} words={words} />
      </div>
      <UploadActions item={item} snapshot={snapshot} onRemove={onRemove} />
    </li>
  );
});

function useRow({ upload }: QueueItem, unfinished: readonly UploadView[]) {
  const snapshot = usePacedUpload(upload);
  const formats = useFormats();
  const waits = snapshot.phase === "waiting";
  const found = waits ? findUnfinished(snapshot, unfinished) : null;
  return { snapshot, formats, words: describeUpload(snapshot, formats, found) };
}

interface PartProps {
  readonly snapshot: UploadSnapshot;
  readonly words: UploadDescription;
}

function State({ snapshot, words }: PartProps) {
  return (
    <Badge tone={words.tone}>
      <StateIcon phase={snapshot.phase} hold={snapshot.hold} />
      {words.state}
    </Badge>
  );
}

interface BarProps extends PartProps {
  readonly formats: Formats;
  readonly still?: boolean;
  readonly className?: string;
}

function Bar({ snapshot, words, formats, still = false, className }: BarProps) {
  if (snapshot.phase === "done") return null;
  return (
    <Progress
      label={uploaderMessages.progressOf(snapshot.path)}
      percent={words.percent}
      text={`${formats.percent(words.percent)}, ${words.state}`}
      tone={words.bar}
      still={still}
      {...(className === undefined ? {} : { className })}
    />
  );
}

/** The percentage as text. Hidden from screen readers, which read it from the bar. */
function Share({ snapshot, words, formats }: BarProps) {
  if (snapshot.phase === "done") return null;
  return <span aria-hidden>{formats.percent(words.percent)}</span>;
}

function toneOfReason({ failure }: UploadSnapshot): string {
  return failure === null ? "text-warning" : "text-destructive";
}
