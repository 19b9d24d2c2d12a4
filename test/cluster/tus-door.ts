import { idOf } from "../support/tus-client.ts";
import { abortAfter, prepareTus } from "../support/tus-upload.ts";
import { Violation } from "./history.ts";
import type { Sending } from "./persist.ts";

const retryDelays = [200, 400, 800, 1_500, ...Array.from({ length: 90 }, () => 2_000)];

/** tus-js-client, with a chunk size or without, sometimes as partial uploads that are concatenated. */
export async function sendTus(sending: Sending): Promise<string> {
  const { file, chance, history } = sending;
  const parallelUploads = !sending.abandon && chance.next() < 0.3 ? 2 : 1;
  const chunkSize = chance.next() < 0.3 ? Number.POSITIVE_INFINITY : chance.int(1, 6) * 2 ** 20;
  history.note(`tus upload, ${parallelUploads} at once, chunks of ${chunkSize}`);
  const acknowledged = new Map<string, number>();
  const violations: string[] = [];
  const options = {
    endpoint: `${sending.origin}/api/tus`,
    headers: { authorization: `Bearer ${sending.token}` },
    metadata: { filename: file.name },
    storeFingerprintForResuming: false,
    ...{ chunkSize, parallelUploads, retryDelays },
    onAfterResponse(request: Request, response: Response) {
      const [method, url, status] = [request.getMethod(), request.getURL(), response.getStatus()];
      history.requests += 1;
      if (status >= 300) history.repeated(String(status));
      const offset = Number(response.getHeader("Upload-Offset") ?? Number.NaN);
      history.note(`${method} ${url}: ${status}, offset ${offset}`);
      if (status === 500) violations.push(`${method}: 500`);
      if (status >= 300 || Number.isNaN(offset)) return;
      const held = acknowledged.get(url) ?? 0;
      if (offset < held) violations.push(`${method} ${url}: offset ${offset}, was ${held}`);
      acknowledged.set(url, Math.max(held, offset));
    },
    onShouldRetry: (error: Error) => mayRetry(sending, error),
  };
  const source = file.slice(0, file.size);
  const url = sending.abandon
    ? ((await abortAfter(file.size / 2, source, options)).upload.url ?? "")
    : await sendWhole(sending, source, options);
  const [violation] = violations;
  if (violation !== undefined) throw new Violation(violation);
  return idOf(url);
}

interface Request {
  getMethod(): string;
  getURL(): string;
}

interface Response {
  getStatus(): number;
  getHeader(name: string): string | undefined;
}

async function sendWhole(
  { history }: Sending,
  source: Buffer,
  options: Parameters<typeof prepareTus>[1],
): Promise<string> {
  // The client does not repeat the request that concatenates; a person would.
  const onError = (error: Error) => {
    history.repeated("gave up");
    history.note(`tus-js-client gave up: ${error.message.slice(0, 300)}`);
  };
  const run = prepareTus(source, { ...options, again: 10, onError });
  run.upload.start();
  return await run.done;
}

/** What tus-js-client does by itself, with a note of broken connections. */
function mayRetry({ history }: Sending, error: Error): boolean {
  const response = "originalResponse" in error ? (error.originalResponse as Response | null) : null;
  const status = response?.getStatus() ?? 0;
  if (status === 0) {
    history.repeated("connection");
    history.note(`connection broken: ${error.message.slice(0, 200)}`);
  }
  return status < 400 || status >= 500 || status === 409 || status === 423;
}
