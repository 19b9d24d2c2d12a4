import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Claims = Record<string, unknown>;

/** An OpenID Connect issuer on a port of its own, which signs in whomever a test says. */
export interface OidcIssuer extends AsyncDisposable {
  readonly issuer: string;
  /** What the ID token and the user info say; `userinfo` left out: the same for both. */
  person: { idToken: Claims; userinfo?: Claims };
  /** Answers the address that the provider sends a browser back to after a visit of `url`. */
  visit(url: string): string;
}

const CLIENT_ID = "client";

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let challenge = "";
  const reply = (response: ServerResponse, value: unknown, status = 200) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const idToken = (claims: Claims) => {
    const now = Math.floor(Date.now() / 1000);
    const standard = { iss: issuer.issuer, aud: CLIENT_ID, iat: now, exp: now + 60 };
    const text = `${encode({ alg: "RS256", kid: "1" })}.${encode({ ...standard, ...claims })}`;
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  };
  const token = async (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    for await (const piece of request) body += piece;
    const verifier = new URLSearchParams(body).get("code_verifier") ?? "";
    const proof = createHash("sha256").update(verifier).digest("base64url");
    if (proof !== challenge) return reply(response, { error: "invalid_grant" }, 400);
    const answer = { access_token: "access", token_type: "Bearer", expires_in: 60 };
    reply(response, { ...answer, id_token: idToken(issuer.person.idToken) });
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/token")) return void token(request, response);
    if (path.startsWith("/keys")) {
      const key = { ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" };
      return reply(response, { keys: [key] });
    }
    if (path.startsWith("/userinfo")) {
      return reply(response, issuer.person.userinfo ?? issuer.person.idToken);
    }
    reply(response, {
      issuer: issuer.issuer,
      authorization_endpoint: `${issuer.issuer}/authorize`,
      token_endpoint: `${issuer.issuer}/token`,
      userinfo_endpoint: `${issuer.issuer}/userinfo`,
      jwks_uri: `${issuer.issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer: OidcIssuer = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    person: { idToken: {} },
    visit(url) {
      const asked = new URL(url).searchParams;
      challenge = asked.get("code_challenge") ?? "";
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.searchParams.set("code", "code");
      back.searchParams.set("state", asked.get("state") ?? "");
      return back.href;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}
