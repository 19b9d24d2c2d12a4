import type { TokenService, UserService } from "../../core/account-services.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { Profiles } from "../../core/profiles.ts";
import type { UploadCore } from "../../core/upload-service.ts";
import type { profiles } from "../../profiles.ts";
import type { UploadMetadata } from "../../wire/schemas.ts";
import { createAdminStats } from "./admin-stats.ts";
import { type AdminUploadsDependencies, createAdminUploadsRouter } from "./admin-uploads-router.ts";
import { createAdminUsersRouter } from "./admin-users-router.ts";
import { createProcedures } from "./procedures.ts";
import type { AppRecord, AppRouterOf, ProfileShapesOf } from "./router-contract.ts";
import { createTokensRouter } from "./tokens-router.ts";
import { createUploadsRouter, type UploadsDependencies } from "./uploads-router.ts";
import { createViews } from "./views.ts";

/** The shape of an unspecified profile. */
type AnyShapes = {
  readonly [name: string]: { metadata: UploadMetadata | undefined; data: unknown };
};

/** The router of this repository's application, typed by the profiles in `src/profiles.ts`. */
export type AppRouter = AppRouterOf<ProfileShapesOf<typeof profiles>>;

export interface RouterDependencies<P extends Profiles = Profiles>
  extends Pick<UploadsDependencies, "tickets" | "clock" | "watchesPerUser">,
    Pick<AdminUploadsDependencies, "owners"> {
  /** Used for the types of the router only; the core has the profiles at run time. */
  readonly profiles: P;
  readonly core: Pick<UploadCore, "service" | "administration">;
  readonly tokens: TokenService;
  readonly users: UserService;
  readonly log: Logger;
  /** True: errors contain stacks. For development only. */
  readonly isDev: boolean;
}

/** The router of an application with these profiles. */
export function createAppRouter<P extends Profiles>(
  deps: RouterDependencies<P>,
): AppRouterOf<ProfileShapesOf<P>> {
  return buildRouter(deps) as unknown as AppRouterOf<ProfileShapesOf<P>>;
}

function buildRouter(deps: RouterDependencies) {
  const { core, users } = deps;
  const { service, administration } = core;
  const procedures = createProcedures(deps);
  const views = createViews({ service, clock: deps.clock });
  const { router } = procedures;

  // `satisfies` checks the router against its declared types, for profiles of any shape.
  return router({
    uploads: createUploadsRouter(procedures, { ...deps, service, views }),
    tokens: createTokensRouter(procedures, deps.tokens),
    admin: router({
      uploads: createAdminUploadsRouter(procedures, { ...deps, administration, views }),
      users: createAdminUsersRouter(procedures, deps),
      stats: createAdminStats(procedures, { administration, users }),
    }),
  } satisfies AppRecord<AnyShapes>);
}
