import { isBuilding, readProcessEnvironment } from "../env.ts";
import { type Application, composeApplication } from "./application.ts";

const key = Symbol.for("trpc-chunked-upload.application");
type Home = typeof globalThis & { [key]?: Promise<Application> | undefined };

/**
 * The application of this process. Next keeps several copies of a module in one process, so the one
 * application is stored under a symbol of `globalThis`, whichever copy asks first. A failed start is
 * forgotten, so that the next call tries again.
 */
export function getApplication(): Promise<Application> {
  const running = home()[key] ?? start();
  home()[key] = running;
  return running;
}

/** Makes `application` the one of this process; for a server that composes it itself. */
export function provideApplication(application: Promise<Application>): void {
  home()[key] = application;
}

/** Whether there is an application, or one is being composed. */
export function isProvided(): boolean {
  return home()[key] !== undefined;
}

function home(): Home {
  return globalThis;
}

async function start(): Promise<Application> {
  if (isBuilding()) throw new Error("The application does not run while it is being built.");
  try {
    return await composeApplication(readProcessEnvironment());
  } catch (error) {
    home()[key] = undefined;
    throw error;
  }
}
