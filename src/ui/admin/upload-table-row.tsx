"use client";

import { Download, Trash2 } from "lucide-react";
import { memo } from "react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { filePath } from "../../wire/paths.ts";
import { StatusBadge } from "../files/status-badge.tsx";
import { percentOf } from "../format.ts";
import { Badge } from "../kit/badge.tsx";
import { Button, buttonClass } from "../kit/button.tsx";
import { classNames } from "../kit/class-names.ts";
import { FileName } from "../kit/file-name.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Progress } from "../kit/progress.tsx";
import { Cell, Row } from "../kit/table.tsx";
import { adminMessages } from "../messages/admin.ts";
import { PickCell } from "./pick-cell.tsx";

interface UploadTableRowProps {
  readonly upload: AdminUploadView;
  /** The server no longer lists it. */
  readonly gone: boolean;
  readonly selected: boolean;
  readonly onSelect: (id: string, selected: boolean) => void;
  readonly onDelete: (upload: AdminUploadView) => void;
}

/** A row of the admin table. On narrow screens its details are below the name. */
export const UploadTableRow = memo(function UploadTableRow(props: UploadTableRowProps) {
  const { upload, gone, selected, onSelect, onDelete } = props;
  const { id, filename, user, status, size } = upload;
  const formats = useFormats();
  const label = upload.path ?? filename;
  const owner = user?.email ?? adminMessages.noOwner;
  const sizeText = size === null ? adminMessages.deferred : formats.bytes(size);
  const activity = adminMessages.lastActivity(formats.date(upload.lastActivityAt));
  const badge = gone ? (
    <span title={adminMessages.goneWhy}>
      <Badge>{adminMessages.gone}</Badge>
    </span>
  ) : (
    <StatusBadge
      status={status}
      completion={upload.completion}
      interrupted={status === "uploading" && !upload.active}
      text={statusText(upload)}
    />
  );
  return (
    <Row className={classNames(selected && "bg-primary/5", gone && "opacity-60")}>
      <PickCell
        label={adminMessages.select(label)}
        checked={selected}
        onChange={(on) => onSelect(id, on)}
      />
      <Cell className="w-full max-w-0">
        <FileName name={filename} path={upload.path} />
        <p className="truncate text-muted-foreground text-xs lg:hidden">{owner}</p>
        <p className="truncate text-muted-foreground text-xs tabular-nums md:hidden">
          <span className="sm:hidden">{sizeText} · </span>
          {formats.date(upload.createdAt)}
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
        <div title={upload.status === "complete" ? undefined : activity}>{badge}</div>
        <div className="mt-1.5 lg:hidden">
          <Held upload={upload} />
        </div>
      </Cell>
      <Cell className="max-lg:hidden">
        <Held upload={upload} />
      </Cell>
      <Cell className="whitespace-nowrap text-right tabular-nums max-sm:hidden">{sizeText}</Cell>
      <Cell className="whitespace-nowrap text-muted-foreground tabular-nums max-md:hidden">
        {formats.date(upload.createdAt)}
        {status === "uploading" && (
          <p className="text-xs">
            {upload.active ? adminMessages.expires(formats.date(upload.expiresAt)) : activity}
          </p>
        )}
      </Cell>
      <Cell className="w-0">
        <div className="-my-1 flex justify-end">
          {status === "complete" && (
            <a
              href={filePath(id)}
              download
              className={buttonClass({ look: "quiet", size: "icon" })}
              aria-label={adminMessages.download(label)}
              title={adminMessages.download(label)}
            >
              <Download aria-hidden />
            </a>
          )}
          <Button
            look="quiet"
            size="icon"
            aria-label={`${adminMessages.delete} ${label}`}
            title={`${adminMessages.delete} ${label}`}
            onClick={() => onDelete(upload)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      </Cell>
    </Row>
  );
});

/** An unfinished upload is active or interrupted, depending on its last activity. */
function statusText({ status, active }: AdminUploadView): string {
  if (status !== "uploading") return adminMessages.statuses[status];
  return active ? adminMessages.active : adminMessages.interrupted;
}

/** The progress of an unfinished upload, including ranges beyond a gap. */
function Held({ upload }: { upload: AdminUploadView }) {
  const formats = useFormats();
  const { status, size, received, filename, path } = upload;
  if (status !== "uploading" || size === null) return null;
  const held = received.reduce((sum, [start, end]) => sum + (end - start), 0);
  const percent = percentOf(held, size);
  return (
    <div className="flex w-24 items-center gap-2 text-muted-foreground text-xs tabular-nums">
      <Progress
        label={adminMessages.progressOf(path ?? filename)}
        percent={percent}
        className="flex-1"
      />
      <span aria-hidden className="w-8 text-right">
        {formats.percent(percent)}
      </span>
    </div>
  );
}
