"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useUploads } from "../../client/react/index.ts";
import type { UploadQueue } from "../../client/upload-queue.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { Empty } from "../kit/empty.tsx";
import { Input } from "../kit/field.tsx";
import { LoadFailed, Loading } from "../kit/load-states.tsx";
import { useDebounced } from "../kit/use-debounced.ts";
import { filesMessages } from "../messages/files.ts";
import { shellMessages } from "../messages/shell.ts";
import { useTRPC, useTRPCClient } from "../trpc/trpc.ts";
import { matchQueued } from "../uploads/match-unfinished.ts";
import { useRemovals } from "../uploads/removals.tsx";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { OwnFileRow } from "./own-file-row.tsx";

/** The page size. */
const PAGE = 25;

/** The user's uploads, newest first. */
export function OwnFiles() {
  const [text, setText] = useState("");
  const search = useDebounced(text.trim(), 250);
  const [toDelete, setToDelete] = useState<UploadView | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const list = useOwnFiles(search);
  const remove = useRemove(list.refresh);
  return (
    <section aria-labelledby="files-title" className="mt-10">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2
          id="files-title"
          ref={title}
          tabIndex={-1}
          className="font-semibold text-lg tracking-tight outline-none"
        >
          {filesMessages.title}
        </h2>
        <Input
          type="search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder={filesMessages.search}
          aria-label={filesMessages.search}
          maxLength={1_024}
          className="sm:max-w-60"
        />
      </div>
      {list.failed ? (
        <LoadFailed onRetry={list.refresh}>{filesMessages.failed}</LoadFailed>
      ) : (
        <Rows files={list.files} searched={search !== ""} onDelete={setToDelete} />
      )}
      {list.more !== null && (
        <div className="mt-4 text-center">
          <Button disabled={list.loadingMore} onClick={list.more}>
            {list.loadingMore ? shellMessages.loading : shellMessages.loadMore}
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={toDelete !== null}
        onOpenChange={() => setToDelete(null)}
        home={title}
        title={filesMessages.deleteTitle}
        action={filesMessages.deleteAction}
        onConfirm={async () => {
          if (toDelete !== null) await remove(toDelete.id);
        }}
      >
        <p className="break-words">
          {filesMessages.deleteBody(toDelete?.path ?? toDelete?.filename ?? "")}
        </p>
      </ConfirmDialog>
    </section>
  );
}

interface RowsProps {
  /** Null while loading. */
  readonly files: readonly UploadView[] | null;
  readonly searched: boolean;
  readonly onDelete: (file: UploadView) => void;
}

function Rows({ files, searched, onDelete }: RowsProps) {
  if (files?.length === 0) {
    return searched ? (
      <Empty title={filesMessages.noneFound} />
    ) : (
      <Empty title={filesMessages.empty}>{filesMessages.emptyHint}</Empty>
    );
  }
  return (
    <div className="overflow-hidden rounded-xl border border-border bg-card">
      {files === null ? (
        <Loading />
      ) : (
        <ul className="divide-y divide-border">
          {files.map((file) => (
            <OwnFileRow key={file.id} file={file} onDelete={onDelete} />
          ))}
        </ul>
      )}
    </div>
  );
}

function useOwnFiles(search: string) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.uploads.list.infiniteQueryOptions(
      { limit: PAGE, ...(search === "" ? {} : { search }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor, placeholderData: (before) => before },
    ),
  );
  const isQueued = useQueued(useQueue());
  const { leaving } = useRemovals();
  const { refetch, fetchNextPage } = query;
  const refresh = useCallback(() => void refetch(), [refetch]);
  const pages: readonly { items: readonly UploadView[] }[] | undefined = query.data?.pages;
  return {
    files:
      pages
        ?.flatMap(({ items }) => items)
        .filter((file) => !isQueued(file) && !leaving.has(file.id)) ?? null,
    failed: query.isError && query.data === undefined,
    more: query.hasNextPage ? () => void fetchNextPage() : null,
    loadingMore: query.isFetchingNextPage,
    refresh,
  };
}

/** A predicate: whether the queue of this page already shows an upload. */
function useQueued(queue: UploadQueue): (file: UploadView) => boolean {
  const { items } = useUploads(queue);
  const isQueued = matchQueued(items.map(({ upload }) => upload));
  return (file) => file.status !== "complete" && isQueued(file);
}

function useRemove(refresh: () => void): (id: string) => Promise<void> {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async (id) => {
    await client.uploads.delete.mutate({ id });
    refresh();
    await queryClient.invalidateQueries(trpc.uploads.list.pathFilter());
  };
}
