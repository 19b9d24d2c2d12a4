import type { UserService } from "../../core/account-services.ts";
import type { UploadAdministration } from "../../core/upload-service.ts";
import { statsOutputSchema, statsSchema } from "../../wire/admin-schemas.ts";
import type { Procedures } from "./procedures.ts";

interface StatsDependencies {
  readonly administration: UploadAdministration;
  readonly users: UserService;
}

/** `admin.stats`: numbers of uploads, bytes and users. */
export function createAdminStats({ adminOnly }: Procedures, deps: StatsDependencies) {
  return adminOnly
    .input(statsSchema)
    .output(statsOutputSchema)
    .query(async ({ input }) => {
      const [stats, users] = await Promise.all([
        deps.administration.stats(input),
        deps.users.list(),
      ]);
      return { ...stats, users: users.length };
    });
}
