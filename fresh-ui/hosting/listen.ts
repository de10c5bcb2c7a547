/**
 * Serves a page at an address, on the first port that is free.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { sleep } from "../../time/clock.ts";
import type { LivePage } from "../driven_page.ts";

/** The port of pymanip's server, which its clients look for. */
export const FIRST_PORT = 6913;
/** The last port that is tried if the others are taken. */
export const LAST_PORT = 6922;

/** Milliseconds that answers under way get to end. */
const GRACE = 1_000;

/** Where a page is served. */
export interface Address {
  /** The address of this computer at which it listens. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** A page at an address. */
export interface Listening {
  /** Where. */
  readonly addr: Address;
  /** Ends streams, answers what is under way, and closes the port. */
  close(): Promise<void>;
}

/** A host and a port as they stand in a URL and in `--allow-net`. */
export function hostAndPort({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function isPermitted(address: Address): boolean {
  const { state } = Deno.permissions.querySync({ name: "net", host: hostAndPort(address) });
  return state === "granted";
}

/**
 * Serves a page.
 *
 * @param host The address of this computer at which it listens.
 * @param port The port; 0 for any. If undefined, the first one from {@linkcode FIRST_PORT} on that is free.
 * @throws {Error} If the port, or each of them, is taken or not permitted.
 */
export function listen(
  page: LivePage,
  host: string,
  port: number | undefined,
  clock: Clock,
): Listening {
  const ports = port === undefined
    ? Array.from({ length: LAST_PORT - FIRST_PORT + 1 }, (_, i) => FIRST_PORT + i)
    : [port];
  let taken: unknown;
  for (const one of ports) {
    const address = { hostname: host, port: one };
    // A prompt for a further port would hold up an experiment that nobody watches.
    if (taken !== undefined && !isPermitted(address)) continue;
    try {
      return serve(page, address, clock);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw explained(address, error);
      taken = error;
    }
  }
  const [first = 0] = ports;
  const at = hostAndPort({ hostname: host, port: first });
  throw new Error(
    ports.length === 1
      ? `Cannot serve the page at ${at}, as that port is in use. Choose another one by --port, ` +
        "or end the program that uses it."
      : `Cannot serve the page at ${at}, as the ports from ${FIRST_PORT} to ${LAST_PORT} are in use ` +
        "or not permitted. Choose another one by --port.",
    { cause: taken },
  );
}

function explained(address: Address, error: unknown): unknown {
  if (error instanceof Deno.errors.NotCapable) {
    return new Deno.errors.NotCapable(
      `Cannot serve the page, as Deno does not permit it. Run with --allow-net=${
        hostAndPort(address)
      }`,
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable || error instanceof TypeError) {
    return new Error(
      `Cannot serve the page at ${
        hostAndPort(address)
      }, as this computer does not have that address.`,
      { cause: error },
    );
  }
  return error;
}

function serve(page: LivePage, { hostname, port }: Address, clock: Clock): Listening {
  const abort = new AbortController();
  const server = Deno.serve(
    { hostname, port, signal: abort.signal, onListen: () => {} },
    page.fetch,
  );
  const { addr } = server;
  return {
    addr: { hostname: addr.hostname, port: addr.port },
    async close(): Promise<void> {
      page[Symbol.dispose]();
      const over = new AbortController();
      const late = sleep(clock, GRACE, over.signal).then(() => abort.abort(), () => {});
      await Promise.race([server.shutdown(), late]);
      over.abort();
      await server.finished;
    },
  };
}
