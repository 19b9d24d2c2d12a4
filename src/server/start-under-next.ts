import { startBanner } from "./banner.ts";
import { getApplication, isProvided } from "./get-application.ts";
import { refuseStart } from "./refuse-start.ts";

/**
 * Starts the application where Next runs without our server, `next dev` for one. Does nothing when
 * the server that hosts Next has composed it already.
 */
export async function startUnderNext(): Promise<void> {
  if (isProvided()) return;
  try {
    const application = await getApplication();
    const firstAdmin = await application.auth.ensureFirstAdmin();
    process.stdout.write(startBanner(application, { address: null, firstAdmin }));
  } catch (error) {
    refuseStart(error);
  }
}
