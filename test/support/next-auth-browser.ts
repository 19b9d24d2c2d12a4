import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth, { type AuthOptions } from "next-auth";
import { guardNextAuth } from "../../src/auth/guard-next-auth.ts";
import { nextAuthEnvironment } from "../../src/auth/next-auth-environment.ts";
import { authSettings } from "./auth-bench.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly location: string | null;
  readonly json: Record<string, unknown>;
}

interface Ask {
  readonly form?: Record<string, string>;
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
}

/**
 * A browser that talks to NextAuth behind our guard, without Next: NextAuth's handler for Node's
 * request and response answers. Cookies are kept as a browser keeps them.
 */
export class NextAuthBrowser {
  readonly cookies = new Map<string, string>();
  readonly reported: unknown[] = [];
  readonly #options: AuthOptions;
  readonly #origin: string;

  constructor(options: AuthOptions, publicUrl = authSettings.publicUrl) {
    this.#options = options;
    this.#origin = publicUrl;
    Object.assign(process.env, nextAuthEnvironment({ publicUrl, secret: authSettings.secret }));
  }

  get(path: string): Promise<Answer> {
    return this.#send(new Request(this.#url(path)));
  }

  post(path: string, { form, body, type, headers }: Ask = {}): Promise<Answer> {
    const payload = body ?? new URLSearchParams(form).toString();
    const contentType = type ?? "application/x-www-form-urlencoded";
    const all = { "content-type": contentType, ...headers };
    return this.#send(
      new Request(this.#url(path), { method: "POST", headers: all, body: payload }),
    );
  }

  /** Posts a form with NextAuth's token against forged ones, as the sign-in page does. */
  async submit(path: string, form: Record<string, string>, peer = "192.0.2.1"): Promise<Answer> {
    const { csrfToken } = (await this.get("csrf")).json;
    return this.post(path, {
      form: { ...form, csrfToken: String(csrfToken), json: "true" },
      headers: { "x-peer-address": peer },
    });
  }

  /** The `Cookie` header that the browser would send. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #url(path: string): string {
    return /^https?:/.test(path) ? path : `${this.#origin}/api/auth/${path}`;
  }

  async #send(request: Request): Promise<Answer> {
    const answer = (checked: Request) => this.#handle(checked);
    const response = await guardNextAuth(request, answer, (error) => this.reported.push(error));
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get("location"),
      json: isJson ? JSON.parse(text) : {},
    };
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "" || /max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, decodeURIComponent(value));
  }

  /** NextAuth's handler of the pages router, on a request and a response made of the standard ones. */
  async #handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const headers = new Headers();
    let status = 200;
    let body = "";
    const response = {
      status(code: number) {
        status = code;
        return response;
      },
      setHeader(name: string, value: string | string[]) {
        headers.delete(name);
        for (const each of [value].flat()) headers.append(name, each);
        return response;
      },
      getHeader: (name: string) =>
        name.toLowerCase() === "set-cookie" ? headers.getSetCookie() : headers.get(name),
      json: (value: unknown) => response.send(value),
      send(value: unknown) {
        if (typeof value === "object") headers.set("content-type", "application/json");
        body = typeof value === "string" ? value : JSON.stringify(value ?? "");
      },
      end: () => undefined,
    };
    const asked = {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      cookies: Object.fromEntries(this.cookies),
      body: await readForm(request),
      query: {
        ...Object.fromEntries(url.searchParams),
        nextauth: url.pathname.split("/").slice(3),
      },
    };
    await NextAuth(
      asked as unknown as NextApiRequest,
      response as unknown as NextApiResponse,
      this.#options,
    );
    return new Response(body, { status, headers });
  }
}

async function readForm(request: Request): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  const text = await request.text();
  const isJson = request.headers.get("content-type")?.includes("json") === true;
  return isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
}
