import { isUploadError } from "../core/errors.ts";

/** Why the server cannot start, in a sentence for the operator: shown without a stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}

/** `error` as the reason of a sentence that begins with what failed. Of a refusal, what lies below it. */
export function startErrorOf(what: string, error: unknown): StartError {
  const below = isUploadError(error) ? (error.cause ?? error) : error;
  const reason = below instanceof Error ? below.message : String(below);
  return new StartError(`${what}: ${reason}`, { cause: error });
}
