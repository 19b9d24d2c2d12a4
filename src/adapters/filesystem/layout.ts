import { join, resolve, sep } from "node:path";
import strftime from "strftime";
import type { StoredObject, StoredUpload } from "../../core/ports/chunk-store.ts";
import type { JsonValue } from "../../core/upload.ts";
import { unavailable } from "./failure.ts";

export interface LayoutSettings {
  /** The directory that contains all files. */
  readonly root: string;
  /** strftime pattern of an upload's directory below the root, in UTC: `chunked_uploads/%Y/%m/%d`. */
  readonly pathTemplate: string;
  /** Extension of unfinished files: `.part`. */
  readonly incompleteExt: string;
  /** Extension of finished files: `.done`. If it equals `incompleteExt`, files are not renamed. */
  readonly completeExt: string;
}

/** Computes paths, without I/O. Every returned path is below the root. */
export interface Layout {
  readonly root: string;
  place(upload: { id: string; createdAt: Date }): { storageKey: string; storeState: JsonValue };
  /** Absolute paths of the unfinished and of the finished file. UNAVAILABLE if they leave the root. */
  files(upload: Pick<StoredUpload, "storageKey" | "storeState">): { part: string; done: string };
  /** The absolute path of a key from `objects()`. UNAVAILABLE if it leaves the root. */
  resolve(key: string): string;
  /** The upload and kind of a file, from its name; null for other files. */
  recognise(name: string): Pick<StoredObject, "kind" | "uploadId"> | null;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const breaksPaths = /[/\\\0]/;

function checkedExtension(extension: string): string {
  if (breaksPaths.test(extension)) {
    throw new Error(`A file extension must not contain slashes: ${JSON.stringify(extension)}`);
  }
  return extension;
}

/** The template's directory for a date: relative, without empty segments. Throws if it could leave the root. */
function datedDirectory(template: string, date: Date): string {
  const path = strftime.utc()(template, date);
  const segments = path.split("/").filter((segment) => segment !== "");
  const leaves = segments.some((segment) => segment === "." || segment === "..");
  if (path.startsWith("/") || leaves || /[\\\0]/.test(path)) {
    throw new Error(`The path template must stay below its root: ${JSON.stringify(template)}`);
  }
  return segments.join("/");
}

/** The extensions of an upload's files, as of its creation: changed settings must not orphan files. */
function extensionsOf(
  state: JsonValue,
  settings: LayoutSettings,
): { partExt: string; doneExt: string } {
  const known = typeof state === "object" && state !== null && !Array.isArray(state) ? state : {};
  const part = "part" in known ? known.part : null;
  const done = "done" in known ? known.done : null;
  return {
    partExt: typeof part === "string" ? part : settings.incompleteExt,
    doneExt: typeof done === "string" ? done : settings.completeExt,
  };
}

/** The kind of file by extension; includes the defaults, for files from before a change of settings. */
function extensionTable(settings: LayoutSettings): Map<string, StoredObject["kind"]> {
  const table = new Map<string, StoredObject["kind"]>([
    [".part", "unfinished"],
    [".done", "finished"],
  ]);
  table.set(settings.incompleteExt, "unfinished");
  // If both are equal, all files count as finished: orphans that count as unfinished are removed.
  return table.set(settings.completeExt, "finished");
}

/** Throws an Error for a template or an extension that could lead out of the root. */
export function createLayout(settings: LayoutSettings): Layout {
  const root = resolve(settings.root);
  const below = root.endsWith(sep) ? root : root + sep;
  const state = {
    part: checkedExtension(settings.incompleteExt),
    done: checkedExtension(settings.completeExt),
  };
  const kinds = extensionTable(settings);
  datedDirectory(settings.pathTemplate, new Date(0));

  function inside(relative: string): string {
    const path = resolve(root, relative);
    if (relative.includes("\0") || !path.startsWith(below)) {
      throw unavailable(`${JSON.stringify(relative)} is outside the store`);
    }
    return path;
  }

  return {
    root,
    resolve: inside,
    place: ({ id, createdAt }) => ({
      storageKey: join(datedDirectory(settings.pathTemplate, createdAt), id),
      storeState: state,
    }),
    files: (upload) => {
      const { partExt, doneExt } = extensionsOf(upload.storeState, settings);
      return {
        part: inside(upload.storageKey + partExt),
        done: inside(upload.storageKey + doneExt),
      };
    },
    recognise: (name) => {
      for (const [extension, kind] of kinds) {
        const base = name.slice(0, name.length - extension.length);
        if (name.endsWith(extension) && uuid.test(base)) return { kind, uploadId: base };
      }
      return null;
    },
  };
}
