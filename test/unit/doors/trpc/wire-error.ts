import type { UploadErrorCode } from "../../../../src/core/errors.ts";

export interface WireError {
  message: string;
  data: { httpStatus: number; upload: { code: UploadErrorCode } };
}

/** The (first) error of a response. */
export async function errorOf(answer: Response): Promise<WireError> {
  const answered = (await answer.json()) as
    | { error: { json: WireError } }
    | [{ error: { json: WireError } }];
  return (Array.isArray(answered) ? answered[0] : answered).error.json;
}
