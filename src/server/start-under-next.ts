import { EnvironmentError } from "../env.ts";
import { startBanner } from "./banner.ts";
import { getApplication, isProvided } from "./get-application.ts";
import { StartError } from "./start-error.ts";

/**
 * Starts the application where Next runs without our server, `next dev` for one. Does nothing when
 * the server that hosts Next has composed it already.
 */
export async function startUnderNext(): Promise<void> {
  if (isProvided()) return;
  try {
    const application = await getApplication();
    process.stdout.write(startBanner(application, null));
  } catch (error) {
    if (!(error instanceof StartError || error instanceof EnvironmentError)) throw error;
    process.stderr.write(`\nThe server cannot start.\n${error.message}\n\n`);
    process.exit(1);
  }
}
