import type { ConnectionTrouble } from "../uploads/connection.ts";

/** Texts about the connection, shown on all pages. */
export const connectionMessages = {
  short: { offline: "Offline", stalled: "Stalled", "signed-out": "Signed out" } satisfies Record<
    ConnectionTrouble,
    string
  >,
  announce: {
    offline: "You are offline. The uploads continue when the connection is back.",
    stalled: "The uploads are stalled, waiting for the network.",
    "signed-out": "You are signed out. The uploads wait until you sign in.",
  } satisfies Record<ConnectionTrouble, string>,
  continues: "The uploads continue.",
} as const;
