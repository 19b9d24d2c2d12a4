import { z } from "zod";
import type { UserService } from "../../core/account-services.ts";
import { userCreateSchema, userSchema, userUpdateSchema } from "../../wire/account-schemas.ts";
import type { Procedures } from "./procedures.ts";

/** `admin.users.*`: sessions of administrators only. */
export function createAdminUsersRouter(procedures: Procedures, users: UserService) {
  const { router, adminSessionOnly } = procedures;
  return router({
    list: adminSessionOnly.output(z.array(userSchema).readonly()).query(() => users.list()),

    create: adminSessionOnly
      .input(userCreateSchema)
      .output(userSchema)
      .mutation(({ input }) => users.create(input)),

    update: adminSessionOnly
      .input(userUpdateSchema)
      .output(userSchema)
      .mutation(({ input }) => users.update(input)),
  });
}
