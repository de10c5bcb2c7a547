/**
 * How a HiSLIP link is opened.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { LinkError, ProtocolError, TimeoutError } from "../errors.ts";
import type { Transport } from "../transport.ts";
import type { Channel } from "./channel.ts";
import { encodeMessage, MessageType } from "./header.ts";
import { HislipLink, longestPayload } from "./link.ts";
import {
  decodeMaximumSize,
  encodeMaximumSize,
  encodeStartTls,
  Feature,
  formatVersion,
  packParameter,
  StartTlsResult,
  unpackParameter,
  Version,
} from "./messages.ts";
import { Deadlines, Operation } from "./operation.ts";

/** How an instrument's certificate is checked. */
export interface HislipTls {
  /** Certificates of authorities beside the system's, PEM. An instrument's own one must not be a CA's. */
  readonly caCerts?: readonly string[];
  /**
   * The name in the certificate.
   *
   * @default {the host}
   */
  readonly hostname?: string;
  /**
   * Takes a certificate for any name; it is still checked by whom it is signed.
   *
   * @default {false}
   */
  readonly unsafelyDisableHostnameVerification?: boolean;
}

/** What {@linkcode openHislip} opens. */
export interface HislipOptions {
  /** Name or address. */
  readonly host: string;
  /** Its TCP port. @default {4880} */
  readonly port?: number;
  /** The device on that host. @default {"hislip0"} */
  readonly subAddress?: string;
  /** Name of the resource in messages. @default {VISA's name of it} */
  readonly resource?: string;
  /** The highest version of the protocol to be spoken. @default {"2.0"} */
  readonly version?: "1.0" | "1.1" | "2.0";
  /**
   * In synchronized mode an answer that was not read is thrown away when the next message is sent; in
   * overlap mode all answers come in order.
   *
   * @default {"synchronized"}
   */
  readonly mode?: "synchronized" | "overlap";
  /** The largest message that the instrument may send, in bytes. @default {1048576} */
  readonly maximumMessageSize?: number;
  /** Encrypts, which takes version 2.0. An instrument that demands it can't be opened without. */
  readonly tls?: HislipTls;
  /** Time. @default {the system's} */
  readonly clock?: Clock;
  /** Monotonic milliseconds on the clock until which it must be open. @default {5 s from now} */
  readonly deadline?: number;
  /** Gives the opening up. */
  readonly signal?: AbortSignal;
}

const VERSIONS = { "1.0": Version.V1_0, "1.1": Version.V1_1, "2.0": Version.V2_0 } as const;

/** "SC": who we are. */
const VENDOR = 0x5343;

/**
 * Opens a link to an instrument over HiSLIP (IVI-6.1), version 1.0 to 2.0.
 *
 * @throws {TimeoutError} If it is not open in time, at whatever stage.
 * @throws {LinkError} If the instrument can't be reached or refuses.
 * @throws {ProtocolError} If it does not speak HiSLIP.
 */
export async function openHislip(options: HislipOptions): Promise<Transport> {
  const { host, port = 4880, subAddress = "hislip0", clock = systemClock } = options;
  const device = port === 4880 ? subAddress : `${subAddress},${port}`;
  const resource = options.resource ?? `TCPIP0::${host}::${device}::INSTR`;
  const name = new TextEncoder().encode(subAddress);
  if (name.length > 256) {
    throw new RangeError(
      `Cannot open ${resource}, as a sub-address has at most 256 bytes: ${name.length}`,
    );
  }
  const { maximumMessageSize = 1_048_576 } = options;
  if (!Number.isSafeInteger(maximumMessageSize) || maximumMessageSize < 32) {
    throw new RangeError(
      `Cannot open ${resource}, as messages have 32 bytes or more: ${maximumMessageSize}`,
    );
  }
  const io = {
    deadline: options.deadline ?? clock.monotonic() + 5_000,
    ...(options.signal && { signal: options.signal }),
  };
  const deadlines = new Deadlines(clock);
  const operation = new Operation(`open ${resource}`, resource, io, deadlines);
  const link = new HislipLink(resource, deadlines, options.mode === "overlap");
  try {
    const features = await establish(link, { ...options, port }, name, operation);
    const size = await link.request(
      "async",
      encodeMaximumSize(MessageType.AsyncMaximumMessageSize, maximumMessageSize),
      MessageType.AsyncMaximumMessageSizeResponse,
      operation,
    );
    const maximum = decodeMaximumSize(size.payload);
    if (maximum === undefined || longestPayload(maximum) < 1) {
      throw new ProtocolError(
        `Cannot open ${resource}, as a message has more than 16 bytes: it takes ${
          maximum ?? "a size of " + size.payload.length
        } bytes`,
        resource,
      );
    }
    link.longestPayload = longestPayload(maximum);
    link.overlap = (features & Feature.Overlap) !== 0;
    if (link.overlap !== (options.mode === "overlap")) await link.clear(io);
    return link;
  } catch (error) {
    await link[Symbol.asyncDispose]();
    throw error;
  }
}

/** Makes both connections; the features of the server. */
async function establish(
  link: HislipLink,
  options: HislipOptions & { readonly port: number },
  subAddress: Uint8Array,
  operation: Operation,
): Promise<number> {
  const { resource } = link;
  const wanted = VERSIONS[options.version ?? "2.0"];
  const sync = link.attach("sync", await connect(resource, options, operation));
  const initialized = await link.request(
    "sync",
    encodeMessage(MessageType.Initialize, 0, packParameter(wanted, VENDOR), subAddress),
    MessageType.InitializeResponse,
    operation,
  );
  const [theirs, session] = unpackParameter(initialized.parameter);
  const version = Math.min(wanted, theirs);
  const asynchronous = link.attach("async", await connect(resource, options, operation));
  const secure = await link.request(
    "async",
    encodeMessage(MessageType.AsyncInitialize, 0, session),
    MessageType.AsyncInitializeResponse,
    operation,
  );
  const encryption = Feature.EncryptionMandatory | Feature.InitialEncryption;
  const demanded = version >= Version.V2_0 && (initialized.control & encryption) !== 0;
  if (options.tls !== undefined) {
    if (version < Version.V2_0 || (secure.control & 1) === 0) {
      throw new LinkError(
        `Cannot open ${resource} with TLS, as it speaks HiSLIP ${formatVersion(version)} and ` +
          "offers no secure connection. Open it without",
        resource,
      );
    }
    await startTls(link, sync, asynchronous, options, options.tls, operation);
  } else if (demanded) {
    throw new LinkError(
      `Cannot open ${resource}, as it demands a secure connection. Give the option tls`,
      resource,
    );
  }
  sync.resume();
  return initialized.control;
}

async function startTls(
  link: HislipLink,
  sync: Channel,
  asynchronous: Channel,
  options: HislipOptions,
  tls: HislipTls,
  operation: Operation,
): Promise<void> {
  const last = link.lastMessageId;
  const answer = await link.request(
    "async",
    encodeStartTls(last, last),
    MessageType.AsyncStartTLSResponse,
    operation,
  );
  if (answer.control !== StartTlsResult.Success) {
    const why = answer.control === StartTlsResult.Busy ? "is busy" : "refuses to";
    throw new LinkError(`Cannot start TLS with ${link.resource}, as it ${why}`, link.resource);
  }
  const upgrade = async (conn: Deno.Conn): Promise<Deno.Conn> => {
    const upgraded = await Deno.startTls(conn as Deno.TcpConn, {
      hostname: tls.hostname ?? options.host,
      ...(tls.caCerts && { caCerts: [...tls.caCerts] }),
      ...(tls.unsafelyDisableHostnameVerification && {
        unsafelyDisableHostnameVerification: true,
      }),
    });
    try {
      await operation.wait(upgraded.handshake());
    } catch (error) {
      upgraded.close();
      throw asLinkError(error, link.resource, "is not trusted, or does not speak TLS", operation);
    }
    return upgraded;
  };
  await asynchronous.exchange(upgrade);
  asynchronous.resume();
  await operation.wait(sync.send(encodeMessage(MessageType.StartTLS, 0, 0)));
  await sync.exchange(upgrade);
}

async function connect(
  resource: string,
  options: HislipOptions & { readonly port: number },
  operation: Operation,
): Promise<Deno.TcpConn> {
  const giveUp = new AbortController();
  const connecting = Deno.connect({
    hostname: options.host,
    port: options.port,
    signal: giveUp.signal,
  });
  let conn: Deno.TcpConn;
  try {
    conn = await operation.wait(connecting);
  } catch (error) {
    giveUp.abort();
    await connecting.then((late) => late.close(), () => {});
    throw asLinkError(error, resource, "can't be reached", operation);
  }
  conn.setNoDelay(true);
  conn.setKeepAlive(true);
  return conn;
}

/** What Deno's network says, as an error of the link; errors of ours and of who gives up stay. */
function asLinkError(
  error: unknown,
  resource: string,
  what: string,
  operation: Operation,
): unknown {
  const ours = error instanceof TimeoutError || error instanceof LinkError ||
    error instanceof Deno.errors.NotCapable;
  if (ours || operation.aborted || !(error instanceof Error)) return error;
  return new LinkError(`Cannot open ${resource}, as it ${what}: ${error.message}`, resource, {
    cause: error,
  });
}
