/**
 * From a resource name to a session that an experiment has: opened, prepared, brought back, reported.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { type DurationInput, milliseconds } from "../time/duration.ts";
import type { DeviceContext, DeviceDefinition } from "./device.ts";
import type { MessageSession } from "./message_session.ts";
import type {
  MessageOptions,
  Reopening,
  SessionEvent,
  Traffic,
} from "./message_session/options.ts";
import { Preparation, type PreparationOptions, type SessionMaker } from "./preparation.ts";
import { trafficLog, type TrafficLogOptions } from "./traffic_log.ts";
import {
  addressOf,
  answersIdn,
  openTransport,
  type TransportOptions,
} from "./transports/open_transport.ts";
import type { Responder } from "./transports/responder.ts";
import { openSimulated } from "./transports/simulated.ts";
import type { Io, Transport, TransportEvent } from "./transports/transport.ts";

/** What a simulated instrument can be told. */
export interface SimulatedInstrumentOptions extends MessageOptions {
  /** Time from a message to its answer. @default "0s" */
  readonly latency?: DurationInput;
  /** Records what goes over the link among the session's events: when, which way, what. @default false */
  readonly log?: boolean | TrafficLogOptions;
}

/**
 * What an instrument can be told.
 *
 * @typeParam S The session that the tasks get.
 */
export interface InstrumentOptions<S extends MessageSession>
  extends SimulatedInstrumentOptions, TransportOptions, PreparationOptions<S> {
  /** How long opening may take. @default "5s" */
  readonly openTimeout?: DurationInput;
  /** Opens the link anew once it is lost, as often as it takes; how patiently. @default true */
  readonly reopen?: boolean | Reopening;
  /** What stands in for the instrument in a dry run, or a function that makes one. */
  readonly simulate?: Responder | ((context: DeviceContext) => Responder);
}

/** What {@linkcode visa} and {@linkcode socket} can be told. */
export type VisaOptions = InstrumentOptions<MessageSession>;

/**
 * A definition of an instrument by its resource name. Nothing is opened.
 *
 * @param make Makes the session that the tasks get.
 * @param dress What a stand-in's link has beside the usual.
 */
export function define<S extends MessageSession>(
  name: string,
  options: InstrumentOptions<S>,
  make: SessionMaker<S>,
  dress?: (link: Transport, clock: Clock) => Transport,
): DeviceDefinition<S> {
  const { resource, permissions } = addressOf(name, options);
  const { simulate, setup, openTimeout, reopen, log } = options;
  if (typeof log === "object") trafficLog(() => {}, log);
  const { wait, longestPause }: Reopening = typeof reopen === "object" ? reopen : {};
  for (const duration of [openTimeout, wait, longestPause]) {
    if (duration !== undefined) milliseconds(duration);
  }
  return Object.freeze({
    kind: "instrument",
    address: resource,
    permissions,
    open: (context: DeviceContext) => openReal(resource, options, make, context),
    ...(simulate === undefined ? {} : {
      async simulate(context: DeviceContext): Promise<S> {
        const parts = { responder: simulate, resource, options, make };
        const session = openStandIn(dress === undefined ? parts : { ...parts, dress }, context);
        await setup?.(session, context.signal);
        return session;
      },
    }),
  });
}

async function openReal<S extends MessageSession>(
  resource: string,
  { reopen = true, openTimeout = "5s", ...options }: InstrumentOptions<S>,
  make: SessionMaker<S>,
  context: DeviceContext,
): Promise<S> {
  const { clock, signal, report } = context;
  const onEvent = ({ kind, message }: TransportEvent): void =>
    report({ kind, level: kind === "note" ? "info" : "warning", message });
  const talk = reporting(options, context);
  const { setup, identify } = options;
  const preparation = new Preparation<S>({
    resource,
    make,
    answersIdn: answersIdn(resource, options),
    talk,
    clock,
    ...(setup === undefined ? {} : { setup }),
    ...(identify === undefined ? {} : { identify }),
  });
  const place = {};
  const connect = async (signal: AbortSignal): Promise<Transport> => {
    const deadline = clock.monotonic() + milliseconds(openTimeout);
    const opening = { ...options, clock, onEvent, place };
    const transport = await openTransport(resource, opening, { deadline, signal });
    try {
      await preparation.run(transport, signal);
      return transport;
    } catch (error) {
      await transport[Symbol.asyncDispose]();
      throw error;
    }
  };
  const transport = await connect(signal);
  return make(transport, {
    ...talk,
    ...(context.stopping === undefined ? {} : { stopping: context.stopping }),
    renew: (transport, io) => preparation.run(transport, io.signal ?? signal),
    ...(reopen === false ? {} : { reopen: (io: Io) => connect(io.signal ?? signal) }),
    ...(typeof reopen === "object" ? { reopening: reopen } : {}),
  });
}

/** What a stand-in is made of. */
export interface StandInParts<S> {
  /** The instrument. */
  readonly responder: Responder | ((context: DeviceContext) => Responder);
  /** The resource name. */
  readonly resource: string;
  /** How to talk, how long it takes. */
  readonly options: SimulatedInstrumentOptions;
  /** Makes the session. */
  readonly make: SessionMaker<S>;
  /** What its link has beside the usual. */
  readonly dress?: (link: Transport, clock: Clock) => Transport;
}

/** Opens an instrument in process. */
export function openStandIn<S>(parts: StandInParts<S>, context: DeviceContext): S {
  const { responder, resource, options, make, dress = (link) => link } = parts;
  const { clock } = context;
  const link = openSimulated({
    responder: typeof responder === "function" ? responder(context) : responder,
    resource,
    latency: milliseconds(options.latency ?? "0s"),
    clock,
  });
  return make(dress(link, clock), reporting(options, context));
}

/** The options of a session that tells the experiment what happens to it. */
function reporting(
  options: SimulatedInstrumentOptions,
  { clock, report }: DeviceContext,
): MessageOptions & { clock: DeviceContext["clock"]; onEvent: (event: SessionEvent) => void } {
  const { log = false, traffic } = options;
  const logged = log === false ? undefined : trafficLog(report, log === true ? {} : log);
  const both = (piece: Traffic): void => {
    traffic?.(piece);
    logged?.(piece);
  };
  return {
    ...options,
    clock,
    onEvent: ({ kind, message, data }) =>
      report({ kind, level: "warning", message, ...(data === undefined ? {} : { data }) }),
    ...(logged === undefined ? {} : { traffic: both }),
  };
}
