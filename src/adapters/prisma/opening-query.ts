import type { OpeningAsk } from "../../core/ports/openings.ts";
import type { Credential } from "../../core/principal.ts";
import { Prisma } from "../../generated/sqlite/client.ts";
import type { RawQueries } from "./raw-queries.ts";
import { validUser } from "./valid-credential.ts";

/**
 * A credential, an upload and the claim of a range, as one statement of PostgreSQL. Returns a row if
 * the credential is known: the sender's columns, those of the upload (all null: there is none), `epoch`
 * (null: nothing was claimed) and `alone` as `takeFree` does.
 */
export function openingQuery(sql: RawQueries, credential: Credential, ask: OpeningAsk): Prisma.Sql {
  const isToken = credential.kind === "token";
  const sender = isToken ? sql.tokenByHash(credential.hash) : sql.sessionById(credential.id);
  const own = isToken ? ["name", "prefix", "lastUsedAt"] : ["endedAt"];
  const upload = Prisma.sql`SELECT * FROM "ChunkedUpload" WHERE "id" = ${ask.uploadId}`;
  const claimed = ask.claim === null ? null : claim(sql, { credential, ...ask, ...ask.claim });
  return Prisma.sql`
    WITH "sender" AS (${sender}), "seen" AS (${upload})${claimed ?? Prisma.empty}
    SELECT ${Prisma.join(own.map((name) => Prisma.raw(`"sender"."${name}"`)))},
      "sender"."id" AS "senderId", "sender"."createdAt" AS "senderCreatedAt",
      "sender"."expiresAt" AS "senderExpiresAt", "sender"."userId", "sender"."email",
      "sender"."userName", "sender"."role", "sender"."passwordHash", "sender"."disabled",
      "sender"."tokenVersion", "sender"."ticketVersion", "sender"."userCreatedAt", ${
        claimed === null
          ? Prisma.sql`"seen".*, NULL AS "epoch", NULL AS "alone" FROM "sender"
              LEFT JOIN "seen" ON true`
          : Prisma.sql`"found".*, "taken"."epoch", "taken"."epoch" = "seen"."lastEpoch" + 1 AS "alone"
              FROM "sender" LEFT JOIN "seen" ON true LEFT JOIN "taken" ON true
              LEFT JOIN (SELECT * FROM "next" UNION ALL
                SELECT * FROM "seen" WHERE NOT EXISTS (SELECT 1 FROM "next")) AS "found" ON true`
      }`;
}

type Claim = Pick<OpeningAsk, "uploadId"> &
  NonNullable<OpeningAsk["claim"]> & { readonly credential: Credential };

/** The parts of the statement that claim. What a body is refused for anyway is not claimed for it. */
function claim(sql: RawQueries, { uploadId, range, leaseMs, credential }: Claim): Prisma.Sql {
  const key = { uploadId, start: BigInt(range.start), end: BigInt(range.end) };
  const takesBytes = Prisma.sql`"ownerId" IN (${validUser(credential)}) AND "state" = 'uploading'
    AND "expiresAt" > (clock_timestamp() AT TIME ZONE 'UTC') AND "origin" <> 'direct'
    AND "concat" IS DISTINCT FROM 'final' AND "offset" <= ${key.start}
    AND ("size" IS NULL OR "size" >= ${key.end})`;
  return Prisma.sql`, "next" AS (${sql.nextFreeEpoch(key)} AND ${takesBytes} RETURNING *),
    "taken" AS (${sql.insertClaim(key, { ms: leaseMs, source: Prisma.sql`"next"` })})`;
}
