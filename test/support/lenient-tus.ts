import { createServer } from "node:http";
import { listenOnLoopback } from "./listen-on-loopback.ts";

const offer = {
  "tus-version": "1.0.0",
  "tus-max-size": "1000",
  "tus-extension": "creation,creation-defer-length,expiration,concatenation",
};

/**
 * A tus server that uses what the protocol leaves open: it accepts every creation and every PATCH,
 * its uploads never expire, HEAD lists the pairs of `Upload-Metadata` in reverse order, and GET
 * fails. It stores no bytes.
 */
export async function startLenientTus(): Promise<AsyncDisposable & { readonly url: string }> {
  const created: string[] = [];
  const server = createServer((request, response) => {
    const { method, headers, url = "" } = request;
    request.resume();
    response.setHeader("tus-resumable", "1.0.0");
    if (method === "OPTIONS") response.writeHead(204, offer);
    else if (method === "POST") {
      const at = created.push(String(headers["upload-metadata"] ?? "")) - 1;
      response.writeHead(201, { location: `/files/${at}` });
    } else if (method === "PATCH") response.writeHead(204, { "upload-offset": "0" });
    else if (method === "HEAD") {
      const given = created[Number(url.slice("/files/".length))] ?? "";
      const pairs = given.split(",").reverse().join(",");
      response.writeHead(200, { "upload-offset": "0", "upload-metadata": pairs });
    } else response.writeHead(500);
    response.end();
  });
  const listening = await listenOnLoopback(server);
  return { ...listening, url: `${listening.url}/files` };
}
