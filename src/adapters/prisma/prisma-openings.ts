import type { Opened, OpeningAsk, Openings } from "../../core/ports/openings.ts";
import type { Credential } from "../../core/principal.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";
import { type JoinedUser, takeUser } from "./joined-user.ts";
import { openingQuery } from "./opening-query.ts";
import type { RawQueries } from "./raw-queries.ts";
import { type notRead, toUpload, type UploadRow } from "./upload-row.ts";

/** The columns of the credential, renamed where an upload has a column of the same name. */
interface SenderColumns {
  readonly senderId: string;
  readonly senderCreatedAt: Date;
  readonly senderExpiresAt: Date | null;
  /** Of tokens. */
  readonly name: string;
  readonly prefix: string;
  readonly lastUsedAt: Date | null;
  /** Of sessions. */
  readonly endedAt: Date | null;
}

type FoundUpload = UploadRow & Record<keyof typeof notRead, unknown>;
type Row = SenderColumns &
  JoinedUser & { epoch: bigint | null; alone: boolean | null } & (FoundUpload | { id: null });

/** Openings on PostgreSQL. SQLite has no update within a query, and one process that remembers records. */
export function createPrismaOpenings(client: DatabaseClient, sql: RawQueries): Openings {
  return translateFailures<Openings>({
    async byToken(hash, ask) {
      const found = await open({ kind: "token", id: "", hash }, ask);
      if (found === null) return null;
      const { sender, user, opened } = found;
      const { name, prefix, lastUsedAt } = sender;
      const expiresAt = sender.senderExpiresAt;
      return {
        token: { ...basics(sender, user.id), name, prefix, expiresAt, lastUsedAt },
        user,
        opened,
      };
    },

    async bySession({ id, tokenVersion }, ask) {
      if (id.includes("\u0000")) return null;
      const found = await open({ kind: "session", id, tokenVersion }, ask);
      if (found === null) return null;
      const { sender, user, opened } = found;
      // A session always has an end.
      const expiresAt = sender.senderExpiresAt as Date;
      const session = { ...basics(sender, user.id), expiresAt, endedAt: sender.endedAt };
      return { session, user, opened };
    },
  });

  async function open(credential: Credential, ask: OpeningAsk) {
    const [row] = await client.$queryRaw<Row[]>(openingQuery(sql, credential, ask));
    if (row === undefined) return null;
    const { user, rest } = takeUser(row);
    return { sender: row, user, opened: openedBy(rest, ask) };
  }
}

function basics({ senderId, senderCreatedAt }: SenderColumns, userId: string) {
  return { id: senderId, userId, createdAt: senderCreatedAt };
}

function openedBy(row: Omit<Row, keyof JoinedUser>, { uploadId, claim }: OpeningAsk): Opened {
  const { senderId: _i, senderCreatedAt: _c, senderExpiresAt: _e, ...others } = row;
  const { name: _n, prefix: _p, lastUsedAt: _l, endedAt: _d, epoch, alone, ...found } = others;
  if (found.id === null) return { upload: null, claim: null };
  const {
    filenameFolded,
    searchText,
    heldBytes,
    lastEpoch,
    userId: _u,
    ...upload
  } = found as FoundUpload & { userId?: string };
  const isTaken = claim !== null && epoch !== null;
  const taken = isTaken ? { uploadId, range: claim.range, epoch: Number(epoch) } : null;
  return {
    upload: toUpload(upload),
    claim: taken && { claim: taken, isAlone: alone === true },
  };
}
