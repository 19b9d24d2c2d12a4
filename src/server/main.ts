import { readProcessEnvironment } from "../env.ts";
import { type Application, composeApplication } from "./application.ts";
import { firstAdminNotice, startBanner } from "./banner.ts";
import { provideApplication } from "./get-application.ts";
import { dropLostOutput } from "./lost-output.ts";
import { openPages } from "./pages/open-pages.ts";
import { refuseStart } from "./refuse-start.ts";
import { listen, requireFreePort, serverOver } from "./serve.ts";
import { endOnSignals, shutDown } from "./shutdown.ts";

/** The server as `npm start` runs it. */
async function main(): Promise<void> {
  dropLostOutput();
  const environment = readProcessEnvironment();
  await requireFreePort(environment);
  // Next to this file in `dist`: see scripts/build.mjs.
  const hashThread = new URL("./hash-thread.js", import.meta.url);
  const composing = composeApplication(environment, { hashThread, peersAreStamped: true });
  provideApplication(composing);
  const application = await composing;
  try {
    await run(application);
  } catch (error) {
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
  // Before the first request: a client that sees the server respond may sign in at once.
  const firstAdmin = await application.auth.ensureFirstAdmin();
  const address = await listen(server, environment).catch((error: unknown) => {
    if (firstAdmin !== null) process.stdout.write(firstAdminNotice(firstAdmin));
    throw error;
  });
  endOnSignals(() => shutDown({ server, application, closePages: pages.close, clock, log }), log);
  process.stdout.write(startBanner(application, { address, firstAdmin }));
}

main().catch(refuseStart);
