export type { UploadErrorCode } from "../core/errors.ts";
export type { AppRouter } from "../doors/trpc/app-router.ts";
export type {
  AnyAppRouter,
  AppRouterOf,
  ProfileShape,
  ProfileShapes,
  TypedUploadView,
} from "../doors/trpc/router-contract.ts";
export type { UploadMetadata, UploadView } from "../wire/schemas.ts";
export type { CompletedView, StoredView } from "./completed-view.ts";
export { type FailureCode, type FailureFacts, isRetryable, UploadFailure } from "./failure.ts";
