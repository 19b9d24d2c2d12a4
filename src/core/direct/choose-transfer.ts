import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { DirectStore } from "../ports/direct-store.ts";
import type { InitRequest, Transfer } from "../requests.ts";

type TransferAsk = Pick<InitRequest, "size" | "checksumAlgorithm">;

/**
 * The way of a new upload's bytes: the store, when they go there without the server in between, or null.
 * `auto` chooses the store wherever it can take them. Throws INVALID_INPUT for a `direct` upload that
 * cannot be one.
 */
export function chooseDirect(
  { store }: Pick<CoreContext, "store">,
  { transfer = "server", ...asked }: TransferAsk & { readonly transfer?: Transfer | undefined },
): DirectStore | null {
  if (transfer === "server") return null;
  const { direct = null } = store;
  const obstacle = obstacleOf(direct, asked);
  if (obstacle === null) return direct;
  if (transfer === "auto") return null;
  throw new UploadError("INVALID_INPUT", {
    message: `${obstacle} Use transfer "server" or "auto".`,
    details: { field: "transfer" },
  });
}

/** Why an upload cannot be direct, as a sentence; null when it can. */
function obstacleOf(
  direct: DirectStore | null,
  { size, checksumAlgorithm }: TransferAsk,
): string | null {
  if (direct === null) return "The store of this server takes no bytes directly from clients.";
  if (typeof size !== "number" || size === 0)
    return "A direct upload needs the size of a file that is not empty.";
  const wanted = checksumAlgorithm?.toLowerCase() ?? direct.checksumAlgorithm;
  if (wanted !== direct.checksumAlgorithm)
    return `The checksum of a direct upload is ${direct.checksumAlgorithm}.`;
  return null;
}
