"use client";

import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { adminMessages } from "../messages/admin.ts";
import { useTRPCClient } from "../trpc/trpc.ts";

/** Names shown before the rest is counted. */
const NAMED = 8;

interface DeleteUploadsProps {
  /** What is to go; empty: nobody asks. */
  readonly uploads: readonly AdminUploadView[];
  readonly onClose: () => void;
  /** `ids`: what was deleted, as far as that is known. */
  readonly onDeleted: (ids: readonly string[]) => void;
}

/** Asks, naming what would be lost, and deletes. */
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
          const asked = { ids: uploads.map(({ id }) => id) };
          deleted = (await client.admin.uploads.delete.mutate(asked)).ids;
        } finally {
          // After an error, too: some of them may be deleted.
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
