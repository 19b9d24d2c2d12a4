import { z } from "zod";
import type { UserService } from "../../core/account-services.ts";
import { audit, principalId } from "../../core/audit.ts";
import type { Logger } from "../../core/ports/system.ts";
import { userCreateSchema, userSchema, userUpdateSchema } from "../../wire/account-schemas.ts";
import type { Procedures } from "./procedures.ts";

/** `admin.users.*`: sessions of administrators only. */
export function createAdminUsersRouter(
  procedures: Procedures,
  { users, log }: { users: UserService; log: Logger },
) {
  const { router, adminSessionOnly } = procedures;
  return router({
    list: adminSessionOnly.output(z.array(userSchema).readonly()).query(() => users.list()),

    create: adminSessionOnly
      .input(userCreateSchema)
      .output(userSchema)
      .mutation(async ({ ctx, input }) => {
        const user = await users.create(input);
        audit(log, "user-created", { principal: principalId(ctx.principal), subjectId: user.id });
        return user;
      }),

    update: adminSessionOnly
      .input(userUpdateSchema)
      .output(userSchema)
      .mutation(async ({ ctx, input }) => {
        const user = await users.update(input);
        const { id: subjectId, ...changes } = input;
        const fields = Object.keys(changes);
        audit(log, "user-updated", { principal: principalId(ctx.principal), subjectId, fields });
        return user;
      }),
  });
}
