/** The shortest password that may be set, in characters. */
export const SHORTEST_PASSWORD = 10;
/** The longest password that is looked at, in characters. */
export const LONGEST_PASSWORD = 1_000;
const LONGEST_EMAIL = 254;

/** One `@` between two parts without blanks, control characters or what lists and quotes are made of. */
const emailForm = /^[^\s\p{Cc}@"'`<>()[\]\\,;:]+@[^\s\p{Cc}@"'`<>()[\]\\,;:]+$/u;

/**
 * An e-mail address as it is stored and compared: compatibility forms folded (so that no look-alike
 * of `@` passes), lower case. Null when it is no address.
 */
export function normalEmail(value: string): string | null {
  if (value.length > LONGEST_EMAIL) return null;
  const email = value.normalize("NFKC").trim().toLowerCase();
  return email.length <= LONGEST_EMAIL && emailForm.test(email) ? email : null;
}
