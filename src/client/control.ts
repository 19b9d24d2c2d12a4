import type { TRPCClient } from "@trpc/client";
import { DEFAULT_PROFILE } from "../core/profiles.ts";
import type { AnyShapes, AppRouterOf } from "../doors/trpc/router-contract.ts";

type LooseUploads = TRPCClient<AppRouterOf<AnyShapes>>["uploads"];
// biome-ignore lint/suspicious/noExplicitAny: any procedure's call
type Call = (...args: any[]) => Promise<unknown>;
type Untagged<C extends Call> = (
  input: Parameters<C>[0],
  options?: { readonly signal?: AbortSignal },
) => Promise<Awaited<ReturnType<C>>>;
type Query<P extends { query: Call }> = { query: Untagged<P["query"]> };
type Mutation<P extends { mutate: Call }> = { mutate: Untagged<P["mutate"]> };

/** The control calls of the engine: what the typed tRPC client has, and what a fake must have too. */
export interface UploadsApi {
  readonly init: Mutation<LooseUploads["init"]>;
  readonly status: Query<LooseUploads["status"]>;
  readonly complete: Mutation<LooseUploads["complete"]>;
  readonly list: Query<LooseUploads["list"]>;
  readonly resumable: Query<LooseUploads["resumable"]>;
  readonly existing: Query<LooseUploads["existing"]>;
  readonly delete: Mutation<LooseUploads["delete"]>;
}

export type InitInput = Parameters<UploadsApi["init"]["mutate"]>[0];

/** What a caller may say of a new upload; the rest is told by the source. */
export type BeginOptions = Omit<InitInput, "filename" | "path" | "size" | "contentType">;

/** Metadata as a text: the same for the same metadata, in whatever order its keys come. */
export function metadataText(metadata: BeginOptions["metadata"]): string {
  return JSON.stringify(metadata ?? {}, (_key, value) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The kind of upload that a caller asks for. */
export function profileOf({ profile }: Pick<BeginOptions, "profile">): string {
  return profile ?? DEFAULT_PROFILE;
}
