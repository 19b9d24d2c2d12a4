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

/** The control calls that the engine uses: a part of the typed tRPC client. */
export interface UploadsApi {
  readonly init: Mutation<LooseUploads["init"]>;
  readonly status: Query<LooseUploads["status"]>;
  readonly parts: Mutation<LooseUploads["parts"]>;
  readonly complete: Mutation<LooseUploads["complete"]>;
  readonly list: Query<LooseUploads["list"]>;
  readonly resumable: Query<LooseUploads["resumable"]>;
  readonly existing: Query<LooseUploads["existing"]>;
  readonly delete: Mutation<LooseUploads["delete"]>;
}

export type InitInput = Parameters<UploadsApi["init"]["mutate"]>[0];

/** The input of `init` that the caller sets; the rest comes from the source. */
export type BeginOptions = Omit<InitInput, "filename" | "path" | "size" | "contentType">;

/** Metadata as text, independent of the order of keys. */
export function metadataText(metadata: BeginOptions["metadata"]): string {
  return JSON.stringify(metadata ?? {}, (_key, value) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The profile that the caller requested, or the default one. */
export function profileOf({ profile }: Pick<BeginOptions, "profile">): string {
  return profile ?? DEFAULT_PROFILE;
}
