import { z } from "zod";
import { text, uuid } from "./fields.ts";

/** An API token without its secret, which only `tokens.create` returns. */
export interface TokenView {
  readonly id: string;
  readonly name: string;
  /** The first characters of the token, so that its owner can recognize it. */
  readonly prefix: string;
  /** Null: it never expires. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** A new API token with its secret. */
export interface NewTokenView extends Omit<TokenView, "lastUsedAt"> {
  readonly token: string;
}

/** A user as shown to administrators, without the password hash and the token version. */
export interface UserView {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: "user" | "admin";
  readonly disabled: boolean;
  readonly createdAt: Date;
}

const role = z.enum(["user", "admin"]);
/** Length limits only. `core/account-rules.ts` checks the form of addresses and passwords. */
const email = text(320).min(1);
const password = z.string().max(1_024);
const displayName = text(200);

export const tokenCreateSchema = z.object({
  name: text(200).trim().min(1),
  expiresInDays: z.int().min(1).max(36_500).optional(),
});

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
}) satisfies z.ZodType<TokenView, unknown>;

/** How many tokens and sessions `tokens.revokeAll` revoked. */
export interface RevokedAllView {
  readonly tokens: number;
  readonly sessions: number;
}

export const revokedAllSchema = z.object({
  tokens: z.number(),
  sessions: z.number(),
}) satisfies z.ZodType<RevokedAllView, unknown>;

export const newTokenSchema = tokenSchema
  .omit({ lastUsedAt: true })
  .extend({ token: z.string() }) satisfies z.ZodType<NewTokenView, unknown>;

export const userCreateSchema = z.object({
  email,
  name: displayName.optional(),
  password: password.optional(),
  role: role.optional(),
});

export const userUpdateSchema = z.object({
  id: uuid,
  name: displayName.optional(),
  role: role.optional(),
  password: password.optional(),
  disabled: z.boolean().optional(),
});

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role,
  disabled: z.boolean(),
  createdAt: z.date(),
}) satisfies z.ZodType<UserView, unknown>;
