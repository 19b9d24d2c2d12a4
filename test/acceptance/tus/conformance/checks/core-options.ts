import { type Check, NotSeen, want } from "../check.ts";
import { exchange } from "../exchange.ts";

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

export const optionsChecks: readonly Check[] = [
  {
    id: "options/version",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Requests, OPTIONS",
    text: "a successful answer to OPTIONS (200 or 204) contains Tus-Version",
    async run({ offer }) {
      const { status, seen } = offer.answer;
      want(status === 200 || status === 204, seen("tus-version"));
      want(offer.versions.length > 0, seen("tus-version"));
    },
  },
  {
    id: "options/version-list",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Headers, Tus-Version",
    text: "Tus-Version is a comma-separated list of versions, 1.0.0 among them",
    async run({ offer }) {
      const { seen } = offer.answer;
      want(
        offer.versions.every((version) => /^\d+\.\d+\.\d+$/.test(version)),
        seen("tus-version"),
      );
      want(offer.versions.includes("1.0.0"), seen("tus-version"));
    },
  },
  {
    id: "options/ignores-tus-resumable",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Requests, OPTIONS",
    text: "Tus-Resumable of an OPTIONS request is ignored, whatever its version",
    async run(target) {
      for (const version of ["1.0.0", "0.0.1", "not a version"]) {
        const headers = { "Tus-Resumable": version };
        const answer = await target.send(target.url, { method: "OPTIONS", headers });
        want(
          answer.status === target.offer.answer.status,
          `with ${version}: ${answer.seen("tus-version")}`,
        );
      }
    },
  },
  {
    id: "options/extension-list",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Headers, Tus-Extension",
    text: "Tus-Extension is a comma-separated list of names, and left out rather than empty",
    async run({ offer }) {
      const { header, seen } = offer.answer;
      if (header("tus-extension") === undefined) return;
      want(offer.extensions.length > 0, seen("tus-extension"));
      want(
        offer.extensions.every((name) => token.test(name)),
        seen("tus-extension"),
      );
    },
  },
  {
    id: "options/max-size",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Headers, Tus-Max-Size",
    text: "Tus-Max-Size is a non-negative integer",
    async run({ offer }) {
      const value = offer.answer.header("tus-max-size");
      if (value === undefined) throw new NotSeen("no Tus-Max-Size is announced");
      want(/^\d+$/.test(value), offer.answer.seen("tus-max-size"));
    },
  },
  {
    id: "options/for-anybody",
    level: "MAY",
    extension: "core",
    clause: "Protocol Extensions (feature detection by OPTIONS)",
    text: "what the server offers can be asked before anybody has signed in",
    async run({ url }) {
      const answer = await exchange(url, { method: "OPTIONS" });
      want(answer.status === 200 || answer.status === 204, answer.seen("tus-version"));
    },
  },
];
