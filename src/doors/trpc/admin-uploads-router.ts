import { audit, principalId } from "../../core/audit.ts";
import type { Clock, Logger } from "../../core/ports/system.ts";
import type { Users } from "../../core/ports/users.ts";
import { type Upload, uploadStatus } from "../../core/upload.ts";
import type { UploadAdministration } from "../../core/upload-service.ts";
import {
  type AdminUploadView,
  adminDeleteSchema,
  adminListSchema,
  adminPageSchema,
  adminUploadSchema,
  idsSchema,
  sweepReportSchema,
  sweepSchema,
} from "../../wire/admin-schemas.ts";
import { isUuid } from "../../wire/fields.ts";
import { idSchema } from "../../wire/schemas.ts";
import type { Procedures } from "./procedures.ts";
import type { Views } from "./views.ts";

export interface AdminUploadsDependencies {
  readonly administration: UploadAdministration;
  /** Looks up the owners of the uploads on a page. */
  readonly owners: Pick<Users, "findMany">;
  readonly views: Views;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An unfinished upload without a change for this long (ms) is interrupted: commits are at most 5 s apart. */
const ACTIVE_MS = 60_000;

/** `admin.uploads.*`: the uploads of all users. */
export function createAdminUploadsRouter(procedures: Procedures, deps: AdminUploadsDependencies) {
  const { router, adminOnly } = procedures;
  const { administration, views, log } = deps;

  return router({
    list: adminOnly
      .input(adminListSchema)
      .output(adminPageSchema)
      .query(async ({ ctx, input: { userId, ...query } }) => {
        const page = await administration.list({ ...query, ownerId: userId });
        const userOf = await ownersOf(page.items);
        return {
          ...page,
          items: page.items.map((upload) => ({
            ...views.brief(upload, ctx),
            ...activityOf(upload),
            user: userOf(upload),
          })),
        };
      }),

    get: adminOnly
      .input(idSchema)
      .output(adminUploadSchema)
      .query(async ({ ctx, input }) => {
        const upload = await administration.get(input.id);
        const userOf = await ownersOf([upload]);
        return {
          ...(await views.full(upload, ctx)),
          ...activityOf(upload),
          user: userOf(upload),
        };
      }),

    delete: adminOnly
      .input(adminDeleteSchema)
      .output(idsSchema)
      .mutation(async ({ ctx, input }) => {
        const asked = [...new Set(input.ids.filter(isUuid).map((id) => id.toLowerCase()))];
        try {
          const ids = await administration.remove(asked);
          audit(log, "uploads-deleted", { principal: principalId(ctx.principal), uploadIds: ids });
          return { ids };
        } catch (error) {
          const facts = {
            principal: principalId(ctx.principal),
            uploadIds: asked,
            reason: "incomplete",
          };
          audit(log, "uploads-deleted", facts);
          throw error;
        }
      }),

    sweep: adminOnly
      .input(sweepSchema)
      .output(sweepReportSchema)
      .mutation(async ({ ctx, input }) => {
        const report = await administration.sweep({ ...input, orphans: true, keptRecords: true });
        const { files, records, bytes } = report;
        const counts = { files, records, bytes };
        if (!input.dryRun) audit(log, "sweep", { principal: principalId(ctx.principal), counts });
        return report;
      }),
  });

  function activityOf(upload: Upload) {
    const now = deps.clock.now();
    const idleMs = now.getTime() - upload.updatedAt.getTime();
    const active = uploadStatus(upload, now) === "uploading" && idleMs < ACTIVE_MS;
    return { lastActivityAt: upload.updatedAt, active };
  }

  /** Finds the owners of a page with one query; returns a function from an upload to its owner. */
  async function ownersOf(uploads: readonly Upload[]) {
    const ids = new Set(uploads.flatMap(({ ownerId }) => (ownerId === null ? [] : [ownerId])));
    const found = ids.size === 0 ? [] : await deps.owners.findMany([...ids]);
    const byId = new Map(found.map((user) => [user.id, user]));
    return ({ ownerId }: Upload): AdminUploadView["user"] => {
      const user = ownerId === null ? undefined : byId.get(ownerId);
      return user === undefined ? null : { id: user.id, email: user.email, name: user.name };
    };
  }
}
