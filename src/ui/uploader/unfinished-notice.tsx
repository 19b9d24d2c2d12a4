"use client";

import { History } from "lucide-react";
import { useUploads } from "../../client/react/index.ts";
import { FileName } from "../kit/file-name.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Notice } from "../kit/notice.tsx";
import { filesMessages } from "../messages/files.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import { matchQueued } from "../uploads/match-unfinished.ts";
import { useRemovals } from "../uploads/removals.tsx";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { useUnfinished } from "../uploads/use-unfinished.ts";

/** Maximum number of listed names; the rest is counted. */
const NAMED = 3;

/** Lists interrupted uploads whose files are not in this page's queue. */
export function UnfinishedNotice() {
  const { items } = useUploads(useQueue());
  const { uploads, hasMore } = useUnfinished();
  const { leaving } = useRemovals();
  const formats = useFormats();
  if (uploads.length === 0) return null;
  const isQueued = matchQueued(items.map(({ upload }) => upload));
  const others = uploads.filter((view) => !isQueued(view) && !leaving.has(view.id));
  if (others.length === 0) return null;
  return (
    <Notice icon={<History aria-hidden />}>
      <p className="font-medium">
        {uploaderMessages.unfinished(others.length, hasMore)}{" "}
        <span className="font-normal text-muted-foreground">{uploaderMessages.unfinishedHint}</span>
      </p>
      <ul className="mt-1.5 space-y-0.5 text-muted-foreground">
        {others.slice(0, NAMED).map(({ id, filename, path, offset, size }) => (
          <li key={id} className="flex gap-2">
            <FileName name={filename} path={path} className="min-w-0 font-normal" />
            <span className="shrink-0 tabular-nums">
              {size === null
                ? formats.bytes(offset)
                : filesMessages.held(formats.bytes(offset), formats.bytes(size))}
            </span>
          </li>
        ))}
        {others.length > NAMED && (
          <li>{uploaderMessages.unfinishedMore(others.length - NAMED, hasMore, formats)}</li>
        )}
      </ul>
    </Notice>
  );
}
