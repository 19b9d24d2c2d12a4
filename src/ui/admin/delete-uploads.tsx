"use client";

import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { adminMessages } from "../messages/admin.ts";
import { useTRPCClient } from "../trpc/trpc.ts";

/** Maximum number of listed names; the rest is counted. */
const NAMED = 8;

interface DeleteUploadsProps {
  /** The uploads to delete; empty: the dialog is closed. */
  readonly uploads: readonly AdminUploadView[];
  readonly onClose: () => void;
  /** `ids`: the deleted uploads; empty after an error. */
  readonly onDeleted: (ids: readonly string[]) => void;
}

/** Deletes uploads after a confirmation that lists their names. */
export function DeleteUploads({ uploads, onClose, onDeleted }: DeleteUploadsProps) {
  const client = useTRPCClient();
  const more = uploads.length - NAMED;
  return (
    <ConfirmDialog
      open={uploads.length > 0}
      onOpenChange={onClose}
      title={adminMessages.deleteTitle(uploads.length)}
      action={adminMessages.delete}
      onConfirm={async () => {
        let deleted: readonly string[] = [];
        try {
          const input = { ids: uploads.map(({ id }) => id) };
          deleted = (await client.admin.uploads.delete.mutate(input)).ids;
        } finally {
          // Also after an error: some of them may be deleted.
          onDeleted(deleted);
        }
      }}
    >
      <ul className="mb-3 space-y-0.5 text-foreground">
        {uploads.slice(0, NAMED).map(({ id, filename, path }) => (
          <li key={id} className="truncate">
            {path ?? filename}
          </li>
        ))}
        {more > 0 && <li>{adminMessages.andMore(more)}</li>}
      </ul>
      <p>{adminMessages.deleteBody(uploads.length)}</p>
    </ConfirmDialog>
  );
}
