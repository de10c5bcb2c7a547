/**
 * The token that a page asks for.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { Guesses } from "./guesses.ts";
import { refusal } from "./refusal.ts";

/** Characters that a token must have: 22 of base64 are 128 bits. */
const LEAST_LENGTH = 22;
/** Seconds that a browser keeps the cookie. */
const COOKIE_AGE = 400 * 86_400;

/** A random token of 192 bits, as text that needs no escaping in a URL. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return bytes.toBase64({ alphabet: "base64url" });
}

/** How a request comes to be answered, as far as tokens go. */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly response: Response };

const ADMITTED: Admission = { admitted: true };

function refused(response: Response): Admission {
  return { admitted: false, response };
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/**
 * Asks each request for the token: in the URL, once, for which the browser gets a cookie; in the cookie; or in the header
 * `Authorization`, as `Bearer TOKEN` or as the password of `Basic`, which old clients can be told to send.
 */
export class TokenGuard {
  readonly #digest: Uint8Array;
  readonly #token: string;
  readonly #cookie: string;
  readonly #path: string;
  readonly #guesses: Guesses;

  /**
   * @param token The token.
   * @param path The path under which the page is, with a slash at its end.
   * @param now Gives monotonic milliseconds.
   * @throws {RangeError} If the token is short or not made of letters that a URL and a cookie can hold.
   */
  constructor(token: string, path: string, now: () => number) {
    if (token.length < LEAST_LENGTH || !/^[\w.~-]+$/.test(token)) {
      throw new RangeError(
        `Cannot use the token, as it must have ${LEAST_LENGTH} or more letters, digits or -._~: ` +
          `it has ${token.length}. Leave it out to have one made.`,
      );
    }
    this.#token = token;
    this.#digest = digest(token);
    // Cookies do not know ports: servers of one computer must not take each other's for a wrong guess.
    this.#cookie = `stripchart-${createHash("sha256").update(token).digest("hex").slice(0, 12)}`;
    this.#path = path;
    this.#guesses = new Guesses(now);
  }

  /**
   * Admits a request, or answers it.
   *
   * @param address Where it comes from.
   */
  admit(request: Request, address: string): Admission {
    const url = new URL(request.url);
    const given = url.searchParams.get("token");
    const sent = given ?? this.#fromCookie(request) ?? fromAuthorization(request);
    if (sent === undefined) return refused(this.#ask(request));
    const wait = this.#guesses.wait(address);
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1e3);
      return refused(refusal(
        429,
        `Cannot answer, as too many wrong tokens came from ${address}. Wait ${seconds} s.`,
        { "retry-after": `${seconds}` },
      ));
    }
    if (!timingSafeEqual(digest(sent), this.#digest)) {
      this.#guesses.wrong(address);
      return refused(this.#ask(request));
    }
    return given === null ? ADMITTED : refused(this.#welcome(request, url));
  }

  #fromCookie(request: Request): string | undefined {
    for (const part of request.headers.get("cookie")?.split(";") ?? []) {
      const [name = "", value = ""] = part.trim().split("=", 2);
      if (name === this.#cookie) return value;
    }
    return undefined;
  }

  /** Gives the cookie and leads to the same place without the token in its address. */
  #welcome(request: Request, url: URL): Response {
    url.searchParams.delete("token");
    // One slash at its beginning: two would lead to another host.
    const clean = `${url.pathname.replace(/^\/+/, "/")}${url.search}`;
    const secure = url.protocol === "https:" ? "; Secure" : "";
    const cookie = `${this.#cookie}=${this.#token}; HttpOnly; SameSite=Strict; ` +
      `Path=${this.#path}; Max-Age=${COOKIE_AGE}${secure}`;
    if (request.headers.get("sec-fetch-site") !== "cross-site") {
      return new Response(null, {
        status: 303,
        headers: { location: clean, "set-cookie": cookie },
      });
    }
    // A redirect of a link on another site would not carry the cookie; a page of ours that goes on does.
    const next = clean.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
    return new Response(
      `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${next}">` +
        `<title>Stripchart</title><p><a href="${next}">Go on</a>`,
      { headers: { "content-type": "text/html; charset=utf-8", "set-cookie": cookie } },
    );
  }

  #ask(request: Request): Response {
    const why =
      "Cannot show this without its token. Open the full address that was printed when the " +
      "page was started; programs send the header Authorization: Bearer TOKEN.";
    const headers = { "www-authenticate": 'Bearer realm="Stripchart"' };
    if (request.headers.get("accept")?.includes("text/html") !== true) {
      return refusal(401, why, headers);
    }
    return new Response(
      `<!DOCTYPE html><meta charset="utf-8"><title>Stripchart</title><p>${why}`,
      { status: 401, headers: { ...headers, "content-type": "text/html; charset=utf-8" } },
    );
  }
}

function fromAuthorization(request: Request): string | undefined {
  const [scheme = "", value = ""] = request.headers.get("authorization")?.split(" ", 2) ?? [];
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return undefined;
  try {
    return atob(value).split(":").slice(1).join(":");
  } catch {
    return "";
  }
}
