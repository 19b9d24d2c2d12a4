import { z } from "zod";
import type { TokenService } from "../../core/account-services.ts";
import {
  newTokenSchema,
  revokedAllSchema,
  tokenCreateSchema,
  tokenSchema,
} from "../../wire/account-schemas.ts";
import { idOutputSchema, idSchema } from "../../wire/schemas.ts";
import type { Procedures } from "./procedures.ts";

/** `tokens.*`: a user's own API tokens. Sessions only. */
export function createTokensRouter({ router, sessionOnly }: Procedures, tokens: TokenService) {
  return router({
    create: sessionOnly
      .input(tokenCreateSchema)
      .output(newTokenSchema)
      .mutation(({ ctx, input }) => tokens.create(ctx.principal, input)),

    list: sessionOnly
      .output(z.array(tokenSchema).readonly())
      .query(({ ctx }) => tokens.list(ctx.principal)),

    revoke: sessionOnly
      .input(idSchema)
      .output(idOutputSchema)
      .mutation(async ({ ctx, input }) => {
        await tokens.revoke(ctx.principal, input.id);
        return { id: input.id };
      }),

    revokeAll: sessionOnly
      .output(revokedAllSchema)
      .mutation(({ ctx }) => tokens.revokeAll(ctx.principal)),
  });
}
