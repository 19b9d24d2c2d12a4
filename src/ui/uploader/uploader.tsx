"use client";

import type { ReadDrop } from "../../client/react/read-drop.ts";
import { useFormats } from "../kit/locale.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { useIntake } from "../uploads/intake-provider.tsx";
import { useRefusals } from "../uploads/refusals.tsx";
import { AlreadyHere } from "./already-here.tsx";
import { Announcer } from "./announcer.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { FilePicker } from "./file-picker.tsx";
import { FreshLists } from "./fresh-lists.tsx";
import { Refused } from "./refused.tsx";
import { SignedOutNotice } from "./signed-out-notice.tsx";
import { UnfinishedNotice } from "./unfinished-notice.tsx";
import { UploadList } from "./upload-list.tsx";
import { useFileDrop } from "./use-file-drop.ts";

/** The uploader. `maxBytes`: maximum file size in bytes; null: unlimited. */
export function Uploader({ maxBytes }: { maxBytes: number | null }) {
  const { intake } = useIntake();
  const refusals = useRefusals();
  const formats = useFormats();
  const take = ({ files, unreadable }: ReadDrop) => {
    const limit = maxBytes ?? Number.POSITIVE_INFINITY;
    const fits = files.filter(({ file }) => file.size <= limit);
    const tooLarge = files.filter(({ file }) => file.size > limit);
    refusals.add([
      ...unreadable.map((name) => uploaderMessages.unreadable(name)),
      ...tooLarge.map(({ path }) => uploaderMessages.tooLarge(path, formats.bytes(limit))),
    ]);
    intake.offer(fits);
  };
  const over = useFileDrop(take);
  return (
    <>
      {over && <DropOverlay />}
      <Announcer />
      <FreshLists />
      <div className="space-y-4">
        <FilePicker maxBytes={maxBytes} onFiles={take} />
        <Refused />
        <SignedOutNotice />
        <AlreadyHere />
        <UnfinishedNotice />
        <UploadList />
      </div>
    </>
  );
}
