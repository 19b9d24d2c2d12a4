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
  readonly onDeleted: () => void;
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
        try {
          await client.admin.uploads.delete.mutate({ ids: uploads.map(({ id }) => id) });
        } finally {
          // Where one of them could not go, the others did.
          onDeleted();
        }
      }}
    >
      <ul className="mb-3 space-y-0.5 text-foreground">
        {uploads.slice(0, NAMED).map(({ id, filename }) => (
          <li key={id} className="truncate">
            {filename}
          </li>
        ))}
        {more > 0 && <li>{adminMessages.andMore(more)}</li>}
      </ul>
      <p>{adminMessages.deleteBody(uploads.length)}</p>
    </ConfirmDialog>
  );
}
