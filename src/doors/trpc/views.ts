import type { Clock } from "../../core/ports/system.ts";
import type { Upload } from "../../core/upload.ts";
import type { UploadService } from "../../core/upload-service.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { toUploadView } from "../../wire/upload-view.ts";
import type { TrpcContext } from "./context.ts";

/** Records as callers of this door see them. */
export interface Views {
  /** With the digest of the prefix, which may take a look into the store's record of it. */
  full(upload: Upload, ctx: TrpcContext): Promise<UploadView>;
  /** Without it (`prefix` is null): for lists and events, of which there are many. */
  brief(upload: Upload, ctx: TrpcContext): UploadView;
}

export function createViews(deps: { service: UploadService; clock: Clock }): Views {
  const { service, clock } = deps;
  function view(upload: Upload, ctx: TrpcContext, prefix: UploadView["prefix"]): UploadView {
    const data = service.result(upload);
    return toUploadView(upload, { publicUrl: ctx.origin, now: clock.now(), prefix, data });
  }
  return {
    full: async (upload, ctx) => view(upload, ctx, await service.prefix(upload)),
    brief: (upload, ctx) => view(upload, ctx, null),
  };
}
