import { EnvironmentError, readProcessEnvironment } from "../env.ts";
import { type Application, composeApplication } from "./application.ts";
import { firstAdminNotice, startBanner } from "./banner.ts";
import { provideApplication } from "./get-application.ts";
import { openPages } from "./pages.ts";
import { listen, serverOver } from "./serve.ts";
import { endOnSignals, shutDown } from "./shutdown.ts";
import { StartError } from "./start-error.ts";

/** The server as `npm start` runs it. */
async function main(): Promise<void> {
  const environment = readProcessEnvironment();
  // Beside this file in `dist`: see scripts/build.mjs.
  const hashThread = new URL("./hash-thread.js", import.meta.url);
  const composing = composeApplication(environment, { hashThread, peersAreStamped: true });
  provideApplication(composing);
  const application = await composing;
  try {
    await run(application);
  } catch (error) {
    // It is made already: the next start has no password to show.
    process.stdout.write(firstAdminNotice(application));
    await application.close();
    throw error;
  }
}

async function run(application: Application): Promise<void> {
  const { environment, clock, log } = application;
  // A stray rejection in a library must not end the uploads of everybody else.
  process.on("unhandledRejection", (error) => log.error({ err: error }, "Unhandled rejection"));
  const pages = await openPages(environment);
  const server = serverOver(application, pages.answer);
  const address = await listen(server, environment);
  endOnSignals(() => shutDown({ server, application, closePages: pages.close, clock, log }), log);
  process.stdout.write(startBanner(application, address));
}

main().catch((error: unknown) => {
  const expected = error instanceof StartError || error instanceof EnvironmentError;
  const text = error instanceof Error && !expected ? error.stack : String((error as Error).message);
  process.stderr.write(`\nThe server cannot start.\n${text}\n\n`);
  process.exit(1);
});
