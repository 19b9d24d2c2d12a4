import { Agent, type IncomingHttpHeaders, request } from "node:http";

/** How one server is talked to: all that differs between the two. */
export interface Wire {
  /** Creates an upload. Returns its URL. With `chunkSize` its chunks may arrive in any order. */
  begin(size: number, chunkSize?: number): Promise<string>;
  /** The request that carries `[start, end)` of `size` bytes. */
  chunk(part: { start: number; end: number; size: number }): {
    method: string;
    headers: Record<string, string>;
  };
  remove(url: string): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Ask {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array | string;
  readonly agent: Agent;
}

/** One request over the agent's connection. Throws when the answer is no success. */
export function exchange(url: string, ask: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, agent, headers, body } = ask;
    const outgoing = request(url, { method, agent, headers });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (part: string) => {
        text += part;
      });
      incoming.once("error", reject);
      incoming.once("end", () => {
        const status = incoming.statusCode ?? 0;
        if (status >= 300) reject(new Error(`${method} ${url}: ${status} ${text}`));
        else resolve({ status, headers: incoming.headers, body: text });
      });
    });
    outgoing.end(body);
  });
}

export function keptAlive(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** Our raw door, with a token. */
export function rawWire(origin: string, token: string, agent: Agent): Wire {
  const headers = { authorization: `Bearer ${token}` };
  return {
    async begin(size, chunkSize) {
      const body = JSON.stringify({ json: { filename: "bench.bin", size, chunkSize } });
      const { body: text } = await exchange(`${origin}/api/trpc/uploads.init`, {
        ...{ method: "POST", agent, body },
        headers: { ...headers, "content-type": "application/json" },
      });
      return `${origin}/api/uploads/${JSON.parse(text).result.data.json.id}`;
    },
    chunk: ({ start, end, size }) => ({
      method: "PUT",
      headers: {
        ...headers,
        "content-range": `bytes ${start}-${end - 1}/${size}`,
        "content-length": String(end - start),
      },
    }),
    async remove(url) {
      await exchange(url, { method: "DELETE", agent, headers });
    },
  };
}

/** tus 1.0.0. */
export function tusWire(origin: string, agent: Agent): Wire {
  const headers = { "tus-resumable": "1.0.0" };
  return {
    async begin(size) {
      const answer = await exchange(`${origin}/files`, {
        ...{ method: "POST", agent, body: "" },
        headers: { ...headers, "upload-length": String(size) },
      });
      return new URL(answer.headers.location ?? "", origin).href;
    },
    chunk: ({ start, end }) => ({
      method: "PATCH",
      headers: {
        ...headers,
        "upload-offset": String(start),
        "content-type": "application/offset+octet-stream",
        "content-length": String(end - start),
      },
    }),
    async remove(url) {
      await exchange(url, { method: "DELETE", agent, headers });
    },
  };
}
