import { Unmet, want } from "./check.ts";
import type { Answer } from "./exchange.ts";
import type { HeaderFields, Target } from "./target.ts";

/** The rest of our service, beside its tus door: what is at `path`. */
export function ask(
  target: Target,
  path: string,
  request: { method?: string; headers?: HeaderFields; body?: Uint8Array } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body } = request;
  const root = target.url.replace(/\/api\/tus\/?$/, "");
  const fields = { "Tus-Resumable": null, ...headers };
  return target.send(`${root}${path}`, {
    method,
    headers: fields,
    ...(body === undefined ? {} : { body }),
  });
}

/** The id of an upload: the last segment of its URL. */
export function idOf(url: string): string {
  const id = /([^/]+)$/.exec(url)?.[1];
  if (id === undefined) throw new Unmet(`no id at the end of ${url}`);
  return id;
}

/** The bytes of a finished upload, as people download them. */
export async function download(target: Target, url: string): Promise<Buffer> {
  const answer = await ask(target, `/api/uploads/${idOf(url)}/file`);
  want(answer.status === 200, `downloading: ${answer.seen()}`);
  return answer.body;
}

/** What the raw door says of an upload. */
export async function view(
  target: Target,
  url: string,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask(target, `/api/uploads/${idOf(url)}`);
  want(answer.status === 200, `reading the upload: ${answer.seen()}`);
  return JSON.parse(answer.body.toString("utf8"));
}
