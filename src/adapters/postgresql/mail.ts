/** PostgreSQL takes payloads of less than 8000 bytes. */
const LONGEST_BYTES = 7_900;

/** The messages of one instance in one notification. */
export interface Mail {
  readonly from: string;
  readonly messages: readonly unknown[];
}

export const Mail = {
  /** Null for a payload that is not from an instance of this software. */
  read(payload: string): Mail | null {
    try {
      const [from, ...messages]: unknown[] = JSON.parse(payload);
      return typeof from === "string" ? { from, messages } : null;
    } catch {
      return null;
    }
  },
};

/** Packs the messages into few payloads. A message that is too long by itself is omitted. */
export function packed(from: string, messages: readonly object[]): string[] {
  const head = JSON.stringify(from);
  const payloads: string[] = [];
  let parts: string[] = [];
  let bytes = 0;
  const close = () => {
    if (parts.length > 0) payloads.push(`[${[head, ...parts].join()}]`);
    parts = [];
    bytes = head.length + 2;
  };
  close();
  for (const message of messages) {
    const text = JSON.stringify(message);
    const length = Buffer.byteLength(text) + 1;
    if (bytes + length > LONGEST_BYTES) close();
    if (bytes + length > LONGEST_BYTES) continue;
    parts.push(text);
    bytes += length;
  }
  close();
  return payloads;
}
