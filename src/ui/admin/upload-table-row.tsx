"use client";

import { Download, Trash2 } from "lucide-react";
import { memo } from "react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { filePath } from "../../wire/paths.ts";
import { StatusBadge } from "../files/status-badge.tsx";
import { formatBytes, formatDate, percentOf } from "../format.ts";
import { Button, buttonClass } from "../kit/button.tsx";
import { FileName } from "../kit/file-name.tsx";
import { Progress } from "../kit/progress.tsx";
import { Cell, Row } from "../kit/table.tsx";
import { adminMessages } from "../messages/admin.ts";
import { PickCell } from "./pick-cell.tsx";

interface UploadTableRowProps {
  readonly upload: AdminUploadView;
  readonly selected: boolean;
  readonly onSelect: (id: string, selected: boolean) => void;
  readonly onDelete: (upload: AdminUploadView) => void;
}

/** One upload in the administrator's table; on narrow screens its facts stand below its name. */
export const UploadTableRow = memo(function UploadTableRow(props: UploadTableRowProps) {
  const { upload, selected, onSelect, onDelete } = props;
  const { id, filename, user, status, size } = upload;
  const owner = user?.email ?? adminMessages.nobody;
  const sizeText = size === null ? adminMessages.deferred : formatBytes(size);
  const badge = (
    <StatusBadge
      status={status}
      completion={upload.completion}
      text={adminMessages.statuses[status]}
    />
  );
  return (
    <Row className={selected ? "bg-primary/5" : undefined}>
      <PickCell
        label={adminMessages.select(filename)}
        checked={selected}
        onChange={(on) => onSelect(id, on)}
      />
      <Cell className="w-full max-w-0">
        <FileName name={filename} />
        <p className="truncate text-muted-foreground text-xs lg:hidden">{owner}</p>
        <p className="truncate text-muted-foreground text-xs tabular-nums md:hidden">
          <span className="sm:hidden">{sizeText} · </span>
          {formatDate(upload.createdAt)}
        </p>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 sm:hidden">
          {badge}
          <Held upload={upload} />
        </div>
      </Cell>
      <Cell className="max-w-48 truncate text-muted-foreground max-lg:hidden" title={owner}>
        {owner}
      </Cell>
      <Cell className="max-sm:hidden">
        {badge}
        <div className="mt-1.5 lg:hidden">
          <Held upload={upload} />
        </div>
      </Cell>
      <Cell className="max-lg:hidden">
        <Held upload={upload} />
      </Cell>
      <Cell className="whitespace-nowrap text-right tabular-nums max-sm:hidden">{sizeText}</Cell>
      <Cell className="whitespace-nowrap text-muted-foreground tabular-nums max-md:hidden">
        {formatDate(upload.createdAt)}
        {status === "uploading" && (
          <p className="text-xs">{adminMessages.expires(formatDate(upload.expiresAt))}</p>
        )}
      </Cell>
      <Cell className="w-0">
        <div className="-my-1 flex justify-end">
          {status === "complete" && (
            <a
              href={filePath(id)}
              download={filename}
              className={buttonClass({ look: "quiet", size: "icon" })}
              aria-label={adminMessages.download(filename)}
              title={adminMessages.download(filename)}
            >
              <Download aria-hidden />
            </a>
          )}
          <Button
            look="quiet"
            size="icon"
            aria-label={`${adminMessages.delete} ${filename}`}
            title={`${adminMessages.delete} ${filename}`}
            onClick={() => onDelete(upload)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      </Cell>
    </Row>
  );
});

/** How much of an unfinished upload is there: the ranges beyond a gap count too. */
function Held({ upload }: { upload: AdminUploadView }) {
  const { status, size, received, filename } = upload;
  if (status !== "uploading" || size === null) return null;
  const held = received.reduce((sum, [start, end]) => sum + (end - start), 0);
  const percent = percentOf(held, size);
  return (
    <div className="flex w-24 items-center gap-2 text-muted-foreground text-xs tabular-nums">
      <Progress label={adminMessages.progressOf(filename)} percent={percent} className="flex-1" />
      <span aria-hidden className="w-8 text-right">
        {Math.floor(percent)}&nbsp;%
      </span>
    </div>
  );
}
