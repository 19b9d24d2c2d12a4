import { LONGEST_PASSWORD, normalEmail, SHORTEST_PASSWORD } from "../core/account-rules.ts";
import { UploadError } from "../core/errors.ts";

const LONGEST_NAME = 200;
const LONGEST_TOKEN_NAME = 100;
const LONGEST_TOKEN_DAYS = 3_650;

const control = /\p{Cc}/u;

/** The address, or INVALID_INPUT. */
export function requireEmail(value: string): string {
  return normalEmail(value) ?? invalid("email", "This is not an e-mail address.");
}

/** The password, or INVALID_INPUT when it is too short or too long. */
export function requirePassword(value: string): string {
  if (value.length < SHORTEST_PASSWORD) {
    invalid("password", `A password has at least ${SHORTEST_PASSWORD} characters.`);
  }
  if (value.length > LONGEST_PASSWORD) {
    invalid("password", `A password has at most ${LONGEST_PASSWORD} characters.`);
  }
  return value;
}

/** A person's name, null when it is blank; INVALID_INPUT when it is too long. */
export function requireName(value: string): string | null {
  const name = value.trim();
  if (name.length > LONGEST_NAME || control.test(name)) {
    invalid("name", `A name has at most ${LONGEST_NAME} characters, in one line.`);
  }
  return name === "" ? null : name;
}

/** A token's name, or INVALID_INPUT. */
export function requireTokenName(value: string): string {
  const name = value.trim();
  if (name === "" || name.length > LONGEST_TOKEN_NAME || control.test(name)) {
    invalid("name", `A token's name has 1 to ${LONGEST_TOKEN_NAME} characters, in one line.`);
  }
  return name;
}

/** How many days a token lives, or INVALID_INPUT. */
export function requireTokenDays(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > LONGEST_TOKEN_DAYS) {
    invalid("expiresInDays", `A token lives between 1 and ${LONGEST_TOKEN_DAYS} whole days.`);
  }
  return value;
}

/** An id that can be looked up; NOT_FOUND for anything that no id looks like. */
export function requireId(value: string): string {
  if (!/^[\w-]{1,64}$/.test(value)) throw new UploadError("NOT_FOUND");
  return value;
}

/** Throws INVALID_INPUT, naming the field. */
export function invalid(field: string, message: string): never {
  throw new UploadError("INVALID_INPUT", { message, details: { field } });
}
