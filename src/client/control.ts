import type { TRPCClient } from "@trpc/client";
import type { AppRouter } from "../doors/trpc/app-router.ts";

type TypedUploads = TRPCClient<AppRouter>["uploads"];
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
  readonly init: Mutation<TypedUploads["init"]>;
  readonly status: Query<TypedUploads["status"]>;
  readonly complete: Mutation<TypedUploads["complete"]>;
  readonly resumable: Query<TypedUploads["resumable"]>;
  readonly delete: Mutation<TypedUploads["delete"]>;
}

export type InitInput = Parameters<UploadsApi["init"]["mutate"]>[0];

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

/** What a caller may say of an upload; the rest is told by the file. */
export type BeginOptions = Without<InitInput, "filename" | "size" | "contentType">;
