import type { AppRouter } from "../../doors/trpc/app-router.ts";
import type { AnyAppRouter } from "../../doors/trpc/router-contract.ts";
import type { UploadClientOptions as BrowserOptions } from "../browser/index.ts";
import type {
  UploadClientOptions as NodeOptions,
  UploadSource as NodeSource,
} from "../node/index.ts";
import type { TypedUploadClient } from "../typed.ts";

/*
 * The types for compilers that do not know where the code will run: with `moduleResolution: "bundler"`
 * an application is compiled once for the browser and for Node. At run time one of the two is used.
 */

/** What can be sent. Paths and Node streams are supported only in Node. */
export type UploadSource = NodeSource;

/** `url` may be omitted only in a page of the server itself. `resume` applies only to Node. */
export interface UploadClientOptions extends BrowserOptions, Pick<NodeOptions, "resume"> {}

export type UploadClient<Router extends AnyAppRouter = AppRouter> = TypedUploadClient<
  Router,
  UploadSource
>;

/** Creates the upload client for a browser or for Node. */
export declare function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options?: UploadClientOptions,
): UploadClient<Router>;

export * from "../common-exports.ts";
