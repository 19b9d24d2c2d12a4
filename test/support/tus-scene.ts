import { type BootedApp, type BootOptions, bootApp } from "./boot-app.ts";
import { send, type WholeAnswer } from "./http-client.ts";
import { idOf, type TusCaller, tusCaller } from "./tus-client.ts";

/** An application with a tus client of an ordinary user. */
export interface TusScene extends AsyncDisposable {
  readonly app: BootedApp;
  readonly tus: TusCaller;
  /** The finished file behind an upload's URL. */
  download(url: string): Promise<WholeAnswer>;
  /** The upload behind a URL, as the typed client sees it. */
  view(url: string): ReturnType<ReturnType<BootedApp["client"]>["uploads"]["status"]["query"]>;
}

export async function tusScene(options: BootOptions = {}): Promise<TusScene> {
  const app = await bootApp(options);
  const token = await app.token();
  const headers = { authorization: `Bearer ${token}` };
  return {
    app,
    tus: tusCaller(app.url, headers),
    download: (url) => send(`${app.url}/api/uploads/${idOf(url)}/file`, { headers }),
    view: (url) => app.client(token).uploads.status.query({ id: idOf(url) }),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** "409 OFFSET_MISMATCH": an error's status and code. */
export function codeIn(answer: WholeAnswer): string {
  if (answer.status < 400) return String(answer.status);
  return `${answer.status} ${(answer.json() as { code: string }).code}`;
}
