import type { UploadHold, UploadPhase, UploadSetback } from "../../client/snapshot.ts";
import type { Formats } from "../format.ts";

const files = (count: number, formats: Formats) =>
  count === 1 ? "1 file" : `${formats.count(count)} files`;

/** Texts of the uploader. `formats` formats the numbers. */
export const uploaderMessages = {
  title: "Upload files",
  lead: "Drop files or folders anywhere on this page.",
  choose: "Choose files",
  chooseFolder: "Choose a folder",
  limit: (size: string) => `Up to ${size} per file.`,
  resumable: "Interrupted uploads resume where they stopped.",
  overlay: "Drop to upload",
  overlayHint: "The files are uploaded to your account.",
  queue: "Uploads in progress",
  phases: {
    waiting: "Waiting",
    verifying: "Preparing",
    uploading: "Uploading",
    completing: "Verifying",
    done: "Complete",
    paused: "Paused",
    failed: "Failed",
    cancelled: "Cancelled",
  } satisfies Record<UploadPhase, string>,
  holds: {
    offline: "You are offline. The upload continues when the connection is back.",
    retrying: "Connection lost. Retrying.",
    stalled: "Stalled, waiting for the network.",
    "other-tab": "Another tab is sending this file.",
    "signed-out": "You are signed out. Sign in to continue.",
  } satisfies Record<UploadHold, string>,
  of: (part: string, whole: string) => `${part} of ${whole}`,
  waitsToContinue: (held: string, size: string) => `resumes at ${held} of ${size}`,
  comparing: "Comparing with the bytes on the server",
  hashing: "Computing the checksum",
  stalledState: "Stalled",
  setbacks: {
    "not-received": (bytes: string) =>
      `resending ${bytes}: the connection was lost before they arrived`,
    "not-kept": (bytes: string) => `resending ${bytes}: the server no longer has them`,
  } satisfies Record<UploadSetback["reason"], (bytes: string) => string>,
  filesPerSecond: (rate: number, formats: Formats) => `${formats.rate(rate)} files/s`,
  resumed: (bytes: string) => `resumed at ${bytes}`,
  pause: (name: string) => `Pause ${name}`,
  resume: (name: string) => `Resume ${name}`,
  retry: (name: string) => `Try ${name} again`,
  cancel: (name: string) => `Cancel ${name}`,
  dismiss: (name: string) => `Remove ${name} from the list`,
  pauseAll: "Pause all",
  resumeAll: "Resume all",
  cancelAll: "Cancel all",
  cancelTitle: (count: number, formats: Formats) =>
    count === 1 ? "Cancel the upload?" : `Cancel ${formats.count(count)} uploads?`,
  cancelBody: "The server deletes the bytes that it received. Finished files are kept.",
  cancelAction: "Cancel uploads",
  cancelNot: "Keep uploads",
  clear: "Clear finished",
  totals: (done: number, count: number, formats: Formats) =>
    `${formats.count(done)} of ${files(count, formats)} complete`,
  failedOfAll: (count: number, formats: Formats) => `${formats.count(count)} failed`,
  more: (count: number, formats: Formats) => `and ${files(count, formats)} more`,
  finished: (count: number, formats: Formats) =>
    count === 1 ? "1 finished file" : `${formats.count(count)} finished files`,
  showFinished: "Show",
  hideFinished: "Hide",
  progressOf: (name: string) => `Upload of ${name}`,
  progressOfAll: "All uploads",
  unreadable: (name: string) => `“${name}” could not be read.`,
  tooLarge: (name: string, limit: string) => `“${name}” is larger than ${limit}.`,
  rejected: (count: number, formats: Formats) =>
    count === 1 ? "One file was not accepted:" : `${files(count, formats)} were not accepted:`,
  dismissRejected: "Dismiss",
  /** `open`: there may be more than `count`. */
  unfinished: (count: number, open: boolean) => {
    if (open) return `${count} or more uploads are unfinished.`;
    return count === 1 ? "One upload is unfinished." : `${count} uploads are unfinished.`;
  },
  unfinishedMore: (count: number, open: boolean, formats: Formats) =>
    open ? "and others" : `and ${files(count, formats)} more`,
  checking: (count: number, formats: Formats) =>
    count === 1
      ? "Checking whether the file is already here…"
      : `Checking whether ${files(count, formats)} are already here…`,
  here: (count: number, formats: Formats) =>
    count === 1 ? "One file is already here." : `${files(count, formats)} are already here.`,
  hereHint: (count: number) => (count === 1 ? "It is not sent again." : "They are not sent again."),
  hereAnnounced: (count: number, formats: Formats) =>
    count === 1
      ? "One file is already here and not sent again."
      : `${files(count, formats)} are already here and not sent again.`,
  hereSince: (size: string, date: string) => `Already here · ${size} · ${date}`,
  keepBoth: "Keep both",
  keepBothOf: (name: string) => `Keep both: send ${name} again`,
  keepAll: "Keep both for all",
  unfinishedHint: "Drop the same file again to continue where it stopped.",
  signedOut: "You are signed out. The uploads are waiting; no data is lost.",
  signInAgain: "Sign in in another tab",
  thenContinue: "Continue",
  announce: {
    started: (count: number, formats: Formats) => `Uploading ${files(count, formats)}.`,
    quarter: (percent: number) => `${percent} percent uploaded.`,
    done: (count: number, formats: Formats) =>
      count === 1 ? "Upload complete." : `All ${files(count, formats)} uploaded.`,
    failed: (name: string) => `The upload of ${name} failed. You can try again.`,
  },
} as const;
