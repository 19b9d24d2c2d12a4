/** A file and where it lay in what was dropped or chosen. */
export interface FoundFile {
  readonly file: File;
  readonly path: string;
}

/** What was found, and the names of what could not be read. */
export interface ReadDrop {
  readonly files: FoundFile[];
  readonly unreadable: string[];
}

/** One thing that was dropped, as it is taken out of the event. */
export interface DroppedItem {
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

/** All files of a drop or a paste, folders with all that lies in them. */
export function readDrop(transfer: DataTransfer): Promise<ReadDrop> {
  // The list is empty after the event: everything is taken out before the first wait.
  const taken = Array.from(transfer.items, (item) => ({
    entry: item.kind === "file" ? item.webkitGetAsEntry() : null,
    file: item.kind === "file" ? item.getAsFile() : null,
  }));
  return readItems(taken);
}

/** All files of what was taken out of a drop. */
export async function readItems(taken: readonly DroppedItem[]): Promise<ReadDrop> {
  const found: ReadDrop = { files: [], unreadable: [] };
  for (const { entry, file } of taken) {
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

/** A folder is told in parts; an empty part is the end. */
async function* children(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    yield* part;
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
