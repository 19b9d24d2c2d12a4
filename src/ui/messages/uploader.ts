import type { UploadHold, UploadPhase } from "../../client/snapshot.ts";

const files = (count: number) => (count === 1 ? "1 file" : `${count.toLocaleString("en")} files`);

/** What the uploader says. */
export const uploaderMessages = {
  title: "Upload files",
  lead: "Drop files or folders anywhere on this page.",
  choose: "Choose files",
  chooseFolder: "Choose a folder",
  limit: (size: string) => `Up to ${size} a file.`,
  resumable: "Interrupted uploads continue where they stopped.",
  overlay: "Drop to upload",
  overlayHint: "The files go to your own space on this server.",
  queue: "Uploads in progress",
  phases: {
    waiting: "Waiting",
    proving: "Preparing",
    uploading: "Uploading",
    completing: "Verifying",
    done: "Complete",
    paused: "Paused",
    failed: "Failed",
    cancelled: "Cancelled",
  } satisfies Record<UploadPhase, string>,
  holds: {
    offline: "You are offline; it goes on by itself",
    retrying: "Connection lost; trying again",
    stalled: "Stalled, waiting for the network",
    "other-tab": "Another tab is sending this file",
    "signed-out": "Sign in again to go on",
  } satisfies Record<UploadHold, string>,
  comparing: "Comparing with what arrived before",
  hashing: "Computing the checksum",
  resumed: (bytes: string) => `continued at ${bytes}`,
  pause: (name: string) => `Pause ${name}`,
  resume: (name: string) => `Resume ${name}`,
  retry: (name: string) => `Try ${name} again`,
  cancel: (name: string) => `Cancel ${name}`,
  dismiss: (name: string) => `Take ${name} off the list`,
  pauseAll: "Pause all",
  resumeAll: "Resume all",
  cancelAll: "Cancel all",
  cancelTitle: (count: number) =>
    count === 1 ? "Cancel the upload?" : `Cancel ${count.toLocaleString("en")} uploads?`,
  cancelBody: "What has arrived of them is removed from the server. Finished files stay.",
  cancelAction: "Cancel uploads",
  cancelNot: "Keep them",
  clear: "Clear finished",
  totals: (done: number, count: number) =>
    `${done.toLocaleString("en")} of ${files(count)} complete`,
  failedOfAll: (count: number) => `${count.toLocaleString("en")} failed`,
  more: (count: number) => `and ${files(count)} more`,
  showAll: "Show more",
  progressOf: (name: string) => `Upload of ${name}`,
  progressOfAll: "All uploads",
  unreadable: (name: string) => `“${name}” could not be read.`,
  tooLarge: (name: string, limit: string) => `“${name}” is larger than ${limit}.`,
  rejected: (count: number) =>
    count === 1 ? "One file was not taken:" : `${files(count)} were not taken:`,
  dismissRejected: "Dismiss",
  /** `open`: there are still others, that nobody counted. */
  unfinished: (count: number, open: boolean) => {
    if (open) return `${count} uploads or more are unfinished.`;
    return count === 1 ? "One upload is unfinished." : `${count} uploads are unfinished.`;
  },
  unfinishedMore: (count: number, open: boolean) =>
    open ? "and others" : `and ${files(count)} more`,
  unfinishedHint: "Drop the same file again to continue where it stopped.",
  signedOut: "You are signed out. Nothing is lost:",
  signInAgain: "sign in in another tab",
  thenContinue: "Then continue",
  announce: {
    started: (count: number) => `Uploading ${files(count)}.`,
    quarter: (percent: number) => `${percent} percent uploaded.`,
    done: (count: number) => (count === 1 ? "Upload complete." : `All ${files(count)} uploaded.`),
    failed: (name: string) => `The upload of ${name} failed. It can be tried again.`,
  },
} as const;
