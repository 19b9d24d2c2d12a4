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
  return new StartError(`${what}: ${reasonOf(below)}`, { cause: error });
}

/** The message of an error and of its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // For a host with several addresses, the errors are inside an AggregateError without a message.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(reasonOf).join("; ");
  }
  const message = error.message === "" ? error.name : error.message;
  const cause = error.cause === undefined ? "" : reasonOf(error.cause);
  return message.includes(cause) ? message : `${message} ${cause}`;
}
