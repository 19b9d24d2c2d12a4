"use client";

import { FolderUp, UploadCloud } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import type { ReadDrop } from "../../client/react/read-drop.ts";
import { Button } from "../kit/button.tsx";
import { useFormats } from "../kit/locale.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { takesFiles } from "../shell/early-drops.ts";

interface FilePickerProps {
  /** Maximum file size in bytes; null: unlimited. */
  readonly maxBytes: number | null;
  readonly onFiles: (found: ReadDrop) => void;
}

/** Opens a folder dialog. React's types do not have this attribute. */
const wholeFolder: object = { webkitdirectory: "" };

/** Chooses files or a folder, with buttons that open hidden file inputs. */
export function FilePicker({ maxBytes, onFiles }: FilePickerProps) {
  const formats = useFormats();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = ({ currentTarget: input }: ChangeEvent<HTMLInputElement>) => {
    const chosen = Array.from(input.files ?? [], (file) => ({
      file,
      path: file.webkitRelativePath || file.name,
    }));
    // Resets the input: otherwise choosing the same file again fires no event.
    input.value = "";
    onFiles({ files: chosen, unreadable: [] });
  };
  return (
    <section
      {...takesFiles}
      aria-labelledby="uploader-title"
      className="rounded-2xl border-2 border-border border-dashed bg-card px-5 py-9 text-center transition-colors hover:border-primary/50 sm:py-12"
    >
      <span className="mx-auto mb-4 flex size-12 items-center justify-center rounded-full bg-primary/10 text-primary">
        <UploadCloud aria-hidden className="size-6" />
      </span>
      <h1 id="uploader-title" className="font-semibold text-xl tracking-tight sm:text-2xl">
        {uploaderMessages.title}
      </h1>
      <p className="mx-auto mt-1.5 max-w-md text-balance text-muted-foreground text-sm">
        {uploaderMessages.lead}
      </p>
      <div className="mt-6 flex flex-wrap justify-center gap-2">
        <Button look="primary" size="large" onClick={() => files.current?.click()}>
          {uploaderMessages.choose}
        </Button>
        <Button size="large" onClick={() => folder.current?.click()}>
          <FolderUp aria-hidden />
          {uploaderMessages.chooseFolder}
        </Button>
      </div>
      <p className="mt-5 text-balance text-muted-foreground text-xs">
        {maxBytes !== null && `${uploaderMessages.limit(formats.bytes(maxBytes))} `}
        {uploaderMessages.resumable}
      </p>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="files"
        aria-label={uploaderMessages.choose}
        onChange={take}
      />
      <input
        ref={folder}
        type="file"
        hidden
        {...wholeFolder}
        data-testid="folder"
        aria-label={uploaderMessages.chooseFolder}
        onChange={take}
      />
    </section>
  );
}
