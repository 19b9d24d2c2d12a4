"use client";

import { Download, Trash2 } from "lucide-react";
import { memo } from "react";
import { filePath } from "../../wire/paths.ts";
import type { UploadView } from "../../wire/schemas.ts";
import type { Formats } from "../format.ts";
import { Button, buttonClass } from "../kit/button.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { FileName } from "../kit/file-name.tsx";
import { useFormats } from "../kit/locale.tsx";
import { filesMessages } from "../messages/files.ts";
import { isContinuedHere } from "../uploads/continued-here.ts";
import { StatusBadge } from "./status-badge.tsx";

interface OwnFileRowProps {
  readonly file: UploadView;
  readonly onDelete: (file: UploadView) => void;
}

/** A row of the user's uploads. */
export const OwnFileRow = memo(function OwnFileRow({ file, onDelete }: OwnFileRowProps) {
  const { id, filename, status, completion } = file;
  const formats = useFormats();
  const label = file.path ?? filename;
  return (
    <li className="flex items-center gap-x-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <FileName name={filename} path={file.path} />
        <p className="mt-0.5 text-muted-foreground text-xs tabular-nums">
          {sizeOf(file, formats)} ·{" "}
          <time dateTime={file.createdAt.toISOString()}>{formats.date(file.createdAt)}</time>
        </p>
        <Detail file={file} />
      </div>
      <div className="flex flex-col items-end gap-1 sm:flex-row sm:items-center sm:gap-3">
        <StatusBadge status={status} completion={completion} text={filesMessages.status[status]} />
        <div className="-mr-1.5 flex justify-end sm:min-w-18">
          {status === "complete" && (
            <a
              href={filePath(id)}
              download
              className={buttonClass({ look: "quiet", size: "icon" })}
              aria-label={filesMessages.download(label)}
              title={filesMessages.download(label)}
            >
              <Download aria-hidden />
            </a>
          )}
          <Button
            look="quiet"
            size="icon"
            aria-label={filesMessages.delete(label)}
            title={filesMessages.delete(label)}
            onClick={() => onDelete(file)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      </div>
    </li>
  );
});

function Detail({ file }: { file: UploadView }) {
  const { checksum, checksumAlgorithm, status } = file;
  if (checksum !== null) {
    return (
      <div className="-my-1 flex max-w-full items-center text-muted-foreground text-xs">
        <span className="shrink-0">{checksumAlgorithm}&nbsp;</span>
        <code className="truncate font-mono">{checksum}</code>
        <CopyButton text={checksum} label={filesMessages.copyChecksum(checksumAlgorithm)} />
      </div>
    );
  }
  if (status !== "expired" && !isContinuedHere(file)) return null;
  const hint = status === "expired" ? filesMessages.expiredHint : filesMessages.continueHint;
  return <p className="mt-0.5 text-muted-foreground text-xs">{hint}</p>;
}

function sizeOf({ size, offset, status }: UploadView, formats: Formats): string {
  if (size === null) return formats.bytes(offset);
  return status === "complete"
    ? formats.bytes(size)
    : filesMessages.held(formats.bytes(offset), formats.bytes(size));
}
