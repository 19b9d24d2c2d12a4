import type { Clock } from "../../core/ports/system.ts";
import type { Upload } from "../../core/upload.ts";
import type { UploadService } from "../../core/upload-service.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { toUploadView } from "../../wire/upload-view.ts";
import type { TrpcContext } from "./context.ts";

/** Converts records into `UploadView`s. */
export interface Views {
  /** With the digest of the prefix, which is computed from the saved digest state. */
  full(upload: Upload, ctx: TrpcContext): Promise<UploadView>;
  /** Without it (`prefix` is null): for lists and events. */
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
