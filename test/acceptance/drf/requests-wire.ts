import { createHash } from "node:crypto";
import { connect } from "node:net";

/** The boundary that `requests` makes up is thirty-two hex digits; any will do. */
export const PYTHON_BOUNDARY = "0123456789abcdef0123456789abcdef";

/** One request of Python's `requests`, byte for byte. */
export interface PythonRequest {
  readonly method: "PUT" | "POST";
  /** Absolute. */
  readonly url: string;
  readonly token: string;
  readonly contentRange?: string;
  readonly data: Readonly<Record<string, string>>;
  /** The bytes under the key `file`, without a name of their own; left out: no multipart. */
  readonly file?: Uint8Array;
}

/** The bytes that `requests` 2.x writes for `session.put(url, headers=…, data=…, files=…)`. */
export function pythonBytes(request: PythonRequest): Buffer {
  const { method, url, token, contentRange, data, file } = request;
  const { host, pathname } = new URL(url);
  const body = file === undefined ? urlencoded(data) : multipart(data, file);
  const type =
    file === undefined
      ? "application/x-www-form-urlencoded"
      : `multipart/form-data; boundary=${PYTHON_BOUNDARY}`;
  const lines = [
    `${method} ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    "User-Agent: python-requests/2.34.2",
    "Accept-Encoding: gzip, deflate",
    "Accept: */*",
    "Connection: keep-alive",
    `Authorization: Token ${token}`,
    ...(contentRange === undefined ? [] : [`Content-Range: ${contentRange}`]),
    `Content-Length: ${body.length}`,
    `Content-Type: ${type}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

function urlencoded(data: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(new URLSearchParams(data).toString());
}

function multipart(data: Readonly<Record<string, string>>, file: Uint8Array): Buffer {
  const fields = Object.entries(data).map(
    ([name, value]) =>
      `--${PYTHON_BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${PYTHON_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(fields.join("") + head),
    file,
    Buffer.from(`\r\n--${PYTHON_BOUNDARY}--\r\n`),
  ]);
}

export interface PythonAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** Writes such a request to a connection of its own and reads the answer. */
export function sendAsPython(request: PythonRequest): Promise<PythonAnswer> {
  const { hostname, port } = new URL(request.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = Buffer.alloc(0);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`The line ended after: ${received}`)));
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      const answer = parseAnswer(received);
      if (answer === null) return;
      resolve(answer);
      socket.destroy();
    });
    socket.write(pythonBytes(request));
  });
}

/** Null while the answer is not whole. */
function parseAnswer(received: Buffer): PythonAnswer | null {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = received.subarray(0, end).toString("latin1");
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  const body = received.subarray(end + 4);
  if (body.length < length) return null;
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  return { status, json: JSON.parse(body.toString("utf8")) };
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
