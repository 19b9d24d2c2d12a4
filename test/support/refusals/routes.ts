import type { ProxyServer } from "../nginx.ts";
import type { RefusedRequest } from "./cases.ts";
import { byNodeAgent, type Outcome, type Sending, writeThenRead } from "./senders.ts";

/** A way from a client to the application. */
export interface Route {
  readonly name: string;
  /** The nginx server on the way; null: none. */
  readonly proxy: ProxyServer | null;
  readonly senders: readonly ((url: string, asked: RefusedRequest) => Promise<Outcome>)[];
}

type Sender = (url: string, asked: RefusedRequest, sending: Sending) => Promise<Outcome>;

const by =
  (sender: Sender, sending: Sending): Route["senders"][number] =>
  (url, asked) =>
    sender(url, asked, sending);

const KEPT = { version: "1.1", close: false } as const;
const CLOSED = { version: "1.1", close: true } as const;
const bothKept = [by(writeThenRead, KEPT), by(byNodeAgent, KEPT)];
/**
 * nginx that does not buffer says keep-alive to its client, and closes the connection when the
 * response came before the end of the body. The application cannot prevent it: no next request there.
 */
const bothClosed = [by(writeThenRead, CLOSED), by(byNodeAgent, CLOSED)];

const KEEP_UPSTREAM = 'proxy_http_version 1.1; proxy_set_header Connection "";';

export const routes: readonly Route[] = [
  { name: "direct, keep-alive", proxy: null, senders: bothKept },
  { name: "direct, close", proxy: null, senders: bothClosed },
  {
    name: "direct, HTTP/1.0",
    proxy: null,
    senders: [by(writeThenRead, { version: "1.0", close: false })],
  },
  { name: "nginx, default", proxy: { location: "" }, senders: bothKept },
  { name: "nginx, keep-alive", proxy: { location: KEEP_UPSTREAM }, senders: bothKept },
  {
    name: "nginx, unbuffered",
    proxy: { location: `${KEEP_UPSTREAM} proxy_request_buffering off;` },
    senders: bothClosed,
  },
];
