import { reachUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { isUploadError, type UploadError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { DEFAULT_PROFILE, profileOf, resolveMaxBytes } from "../profiles.ts";
import type { RulesAsk, UploadRules } from "../requests.ts";
import type { Upload } from "../upload.ts";
import { type AppendHeaders, planAppend } from "./plan-append.ts";

/** The rules for the upload with this id, or for a new upload of `profile` if the principal has no such upload. */
export async function rulesOf(
  core: CoreContext,
  principal: Principal,
  ask: RulesAsk,
): Promise<UploadRules> {
  const upload =
    ask.id === undefined
      ? null
      : await reachOrNull(core, principal, { id: ask.id, seen: ask.opening?.upload });
  const profile = profileOf(core.profiles, upload?.profile ?? ask.profile ?? DEFAULT_PROFILE);
  const algorithm = profile.checksumAlgorithm ?? core.settings.checksumAlgorithm;
  return {
    upload,
    maxBytes:
      upload === null
        ? await resolveMaxBytes(profile, principal, core.settings.maxBytes)
        : upload.maxBytes,
    checksumAlgorithm: upload?.checksumAlgorithm ?? algorithm.toLowerCase(),
    checksumRequired: profile.checksum !== "optional",
  };
}

/** Why a body would be refused by its headers; null when it would be read. */
export function checkAppend(upload: Upload, asked: AppendHeaders, now: Date): UploadError | null {
  try {
    planAppend(upload, asked, now);
    return null;
  } catch (error) {
    if (isUploadError(error)) return error;
    throw error;
  }
}

async function reachOrNull(
  core: CoreContext,
  principal: Principal,
  ask: { id: string; seen: Upload | null | undefined },
): Promise<Upload | null> {
  try {
    return await reachUpload(core, principal, { ...ask, action: "append" });
  } catch (error) {
    if (isUploadError(error) && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
