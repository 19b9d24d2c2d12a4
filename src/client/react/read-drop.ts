/** A file and its relative path in the drop or the selected folder. */
export interface FoundFile {
  readonly file: File;
  readonly path: string;
}

/** The files of a drop, and the names of entries that could not be read. */
export interface ReadDrop {
  readonly files: FoundFile[];
  readonly unreadable: string[];
}

/** One item of a drop event. */
export interface DroppedItem {
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

/** Returns all files of a drop or a paste, including the contents of folders. */
export function readDrop(transfer: DataTransfer): Promise<ReadDrop> {
  // The list is emptied after the event, so it is copied before the first `await`.
  const items = Array.from(transfer.items, (item) => ({
    entry: item.kind === "file" ? item.webkitGetAsEntry() : null,
    file: item.kind === "file" ? item.getAsFile() : null,
  }));
  return readItems(items);
}

/** Returns all files of the items of a drop. */
export async function readItems(items: readonly DroppedItem[]): Promise<ReadDrop> {
  const found: ReadDrop = { files: [], unreadable: [] };
  for (const { entry, file } of items) {
    if (entry !== null) await walk(entry, found);
    else if (file !== null) found.files.push({ file, path: file.name });
  }
  return found;
}

async function walk(entry: FileSystemEntry, found: ReadDrop): Promise<void> {
  try {
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      found.files.push({ file, path: entry.fullPath.replace(/^\//, "") });
    } else if (isFolder(entry)) {
      for await (const child of children(entry)) await walk(child, found);
    }
  } catch {
    found.unreadable.push(entry.name);
  }
}

/** Browsers return the entries of a folder in batches; an empty batch is the end. */
async function* children(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return;
    yield* batch;
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
