import { z } from "zod";
import type { TicketService } from "../../core/account-services.ts";
import type { Clock } from "../../core/ports/system.ts";
import type { UploadService } from "../../core/upload-service.ts";
import {
  completeSchema,
  existingSchema,
  idOutputSchema,
  idSchema,
  initSchema,
  listSchema,
  pageOf,
  partsOutputSchema,
  partsSchema,
  resumableSchema,
  ticketOutputSchema,
  ticketSchema,
  uploadViewSchema,
  watchSchema,
} from "../../wire/schemas.ts";
import type { Procedures } from "./procedures.ts";
import type { Views } from "./views.ts";
import { createWatch, watchOutput } from "./watch-uploads.ts";

export interface UploadsDependencies {
  readonly service: UploadService;
  readonly tickets: TicketService;
  readonly clock: Clock;
  readonly views: Views;
  /** Maximum number of `watch` streams that one user may have open. */
  readonly watchesPerUser: number;
}

/** `uploads.*`: uploads, without their bytes. */
export function createUploadsRouter(procedures: Procedures, deps: UploadsDependencies) {
  const { router, anyPrincipal, withoutTicket, withCredential, signedIn } = procedures;
  const { service, tickets, views } = deps;
  const watch = createWatch(deps);

  return router({
    init: withoutTicket
      .input(initSchema)
      .output(uploadViewSchema)
      .mutation(async ({ ctx, input }) => {
        const upload = await service.init(ctx.principal, { ...input, origin: "api" });
        return views.full(upload, ctx);
      }),

    status: anyPrincipal
      .input(idSchema)
      .output(uploadViewSchema)
      .query(async ({ ctx, input }) =>
        views.full(await service.status(ctx.principal, input.id), ctx),
      ),

    parts: anyPrincipal
      .input(partsSchema)
      .output(partsOutputSchema)
      .mutation(({ ctx, input }) => service.parts(ctx.principal, input)),

    complete: anyPrincipal
      .input(completeSchema)
      .output(uploadViewSchema)
      .mutation(async ({ ctx, input }) =>
        views.full(await service.complete(ctx.principal, input), ctx),
      ),

    list: signedIn
      .input(listSchema)
      .output(pageOf(uploadViewSchema))
      .query(async ({ ctx, input }) => {
        const page = await service.list(ctx.principal, input);
        return { ...page, items: page.items.map((upload) => views.brief(upload, ctx)) };
      }),

    resumable: signedIn
      .input(resumableSchema)
      .output(z.array(uploadViewSchema).readonly())
      .query(async ({ ctx, input }) => {
        const uploads = await service.resumable(ctx.principal, input);
        return Promise.all(uploads.map((upload) => views.full(upload, ctx)));
      }),

    existing: signedIn
      .input(existingSchema)
      .output(z.array(z.array(uploadViewSchema).readonly()).readonly())
      .query(async ({ ctx, input }) => {
        const matches = await service.existing(ctx.principal, input);
        return matches.map((uploads) => uploads.map((upload) => views.brief(upload, ctx)));
      }),

    delete: withoutTicket
      .input(idSchema)
      .output(idOutputSchema)
      .mutation(async ({ ctx, input }) => {
        await service.remove(ctx.principal, input.id);
        return { id: input.id };
      }),

    /** A principal that may read an upload may issue tickets for it. */
    ticket: withoutTicket
      .input(ticketSchema)
      .output(ticketOutputSchema)
      .mutation(async ({ ctx, input }) => {
        const upload = await service.status(ctx.principal, input.id);
        const { expiresInSeconds } = input;
        return tickets.issue(ctx.principal, { uploadId: upload.id, expiresInSeconds });
      }),

    watch: withCredential
      .input(watchSchema)
      .output(watchOutput)
      .subscription(({ ctx, input, signal }) =>
        watch(ctx, { ...input, signal: signal ?? new AbortController().signal }),
      ),
  });
}
