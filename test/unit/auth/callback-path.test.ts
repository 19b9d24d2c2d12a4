import { describe, expect, it } from "vitest";
import { callbackPath } from "../../../src/auth/callback-path.ts";
import { signInMessage } from "../../../src/ui/sign-in/sign-in-messages.ts";

const home = "https://files.example.com";

describe("the way back after signing in", () => {
  it("keeps a path of this site, with its query and fragment", () => {
    expect(callbackPath("/admin?search=a#b", home)).toBe("/admin?search=a#b");
    expect(callbackPath(`${home}/tokens`, home)).toBe("/tokens");
    expect(callbackPath("tokens", home)).toBe("/tokens");
  });

  it("never leads to another site", () => {
    const hostile = [
      "https://evil.example/",
      "http://files.example.com/",
      "https://files.example.com.evil.example/",
      "https://files.example.com@evil.example/",
      "https://files.example.com:444/",
      "//evil.example",
      "///evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "\n//evil.example",
      "/.//evil.example",
      "/a/..//evil.example",
      `${home}//evil.example`,
      "javascript:alert(1)",
      "data:text/html,x",
      "http://",
      "",
      ["/a", "/b"],
      undefined,
      {},
    ];
    for (const value of hostile) expect(callbackPath(value, home)).toBe("/");
  });
});

describe("what the sign-in page says", () => {
  it("tells too many attempts from wrong credentials", () => {
    expect(signInMessage("RateLimited.15")).toBe("Too many attempts. Try again in 15 minutes.");
    expect(signInMessage("RateLimited.1")).toBe("Too many attempts. Try again in 1 minute.");
    expect(signInMessage("CredentialsSignin")).toContain("wrong");
  });

  it("never repeats a word that it does not know", () => {
    for (const word of ["<b>", "toString", "__proto__", "RateLimited.x"]) {
      expect(signInMessage(word)).toBe("Sign-in failed. Try again.");
    }
  });
});
