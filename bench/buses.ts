/**
 * Queries and blocks over the links to instruments, beside pyvisa-py, lxi, pyserial and node-serialport; how
 * soon a wait ends; what many serial ports cost.
 *
 * @module
 */

import { type MessageSession, open, serial, visa } from "@stripchart/stripchart/devices";
import {
  type Found,
  type Instrument,
  lxi,
  place,
  startInstrument,
  startNode,
  startPython,
  type Talker,
  VERSIONS,
} from "./_bus_peers.ts";
import { cancelling } from "./_cancelling.ts";
import { manyPorts, PORTS } from "./_many_ports.ts";
import { paired, rate } from "./_paired.ts";
import { type BenchRow, say } from "./_row.ts";
import { temporaryFolder } from "./_run.ts";
import { figure } from "./_table.ts";

const SECTION = "Talking to instruments";
/** An address of the loopback of its own, as lxi asks the portmapper at its one port. */
const ADDRESS = "127.0.0.111";
const QUERIES = 500;
const QUERY_ROUNDS = 25;
/** Queries until everything is compiled, as in a program that runs for longer than a second. */
const WARM_UP = 10_000;
const BLOCK = 10_000_000;
const BLOCK_ROUNDS = 11;
const MANY = 8;
const CHUNKS = [20 * 1024, 1024 * 1024];

/** How much faster pyvisa-py must be outdone, by bus. */
const BUSES = { SOCKET: 1.5, HiSLIP: 1.5, "VXI-11": 2 } as const;

function resourceOf(instrument: Instrument, bus: keyof typeof BUSES): string {
  const { address, socket, hislip, vxi11 } = instrument;
  if (bus === "SOCKET") return `TCPIP::${address}::${socket}::SOCKET`;
  if (bus === "HiSLIP") return `TCPIP::${address}::hislip0,${hislip}::INSTR`;
  return `TCPIP::${address},${vxi11}::inst0::INSTR`;
}

function is<T>(found: Found<T>, name: string): T | undefined {
  if ("is" in found) return found.is;
  say(`${name} is left out: ${found.why}`);
  return undefined;
}

/** Which processors the figures are from. */
function where(placed: boolean): string {
  return placed ? "all on one processor" : "on whatever processors";
}

async function* besidePyvisa(
  instrument: Instrument,
  bus: keyof typeof BUSES,
  session: MessageSession,
  python: Talker,
): AsyncGenerator<BenchRow> {
  const resource = resourceOf(instrument, bus);
  const pids = [Deno.pid, instrument.pid, python.pid];
  const ask = () => session.query("READ?");
  const askPython = async (more = {}): Promise<number> =>
    QUERIES / await python.ask({ what: "query", resource, count: QUERIES, ...more });
  await rate(WARM_UP, ask);
  const placed = await place(pids, "one");
  const one = await paired(QUERY_ROUNDS, () => rate(QUERIES, ask), askPython);
  await place(pids, "all");
  const free = await paired(QUERY_ROUNDS, () => rate(QUERIES, ask), askPython);
  yield {
    section: SECTION,
    name: `${bus}: short queries, times as many as pyvisa-py's`,
    value: one.ratio,
    unit: "×",
    target: { atLeast: BUSES[bus] },
    note: `${figure(one.ours)} and ${figure(one.theirs)} queries/s, ${where(placed)}; ` +
      `${figure(free.ours)} and ${figure(free.theirs)} (×${
        figure(free.ratio)
      }) where the system places them`,
  };
  const block = async (): Promise<number> =>
    await rate(1, () => session.queryBlock(`BLOCK? ${BLOCK}`)) * BLOCK / 1e6;
  const theirs = async (numpy: boolean): Promise<number> => {
    const times: number[] = [];
    for (const chunk of CHUNKS) {
      times.push(await python.ask({ what: "block", resource, length: BLOCK, chunk, numpy }));
    }
    return BLOCK / 1e6 / Math.min(...times);
  };
  for (const numpy of [false, true]) {
    const both = await paired(BLOCK_ROUNDS, block, () => theirs(numpy));
    yield {
      section: SECTION,
      name: `${bus}: blocks of 10 MB, times as fast as pyvisa-py's` + (numpy ? " with NumPy" : ""),
      value: both.ratio,
      unit: "×",
      ...numpy ? {} : { target: { atLeast: 3 } },
      note:
        `${figure(both.ours)} and ${
          figure(both.theirs)
        } MB/s; pyvisa's chunks of 20 KiB or 1 MiB, ` +
        `whichever was faster`,
    };
  }
}

/** The same exchange by Deno's two calls alone: what no link over them can pass. */
async function besideDeno(instrument: Instrument, session: MessageSession): Promise<BenchRow> {
  const { address, socket } = instrument;
  using conn = await Deno.connect({ hostname: address, port: socket });
  conn.setNoDelay(true);
  const message = new TextEncoder().encode("READ?\n");
  const target = new Uint8Array(65_536);
  const pids = [Deno.pid, instrument.pid];
  const placed = await place(pids, "one");
  const both = await paired(
    QUERY_ROUNDS,
    () => rate(QUERIES, () => session.query("READ?")),
    () =>
      rate(QUERIES, async () => {
        await conn.write(message);
        await conn.read(target);
      }),
  );
  await place(pids, "all");
  return {
    section: SECTION,
    name: "SOCKET: short queries beside Deno's write and read alone",
    value: both.ours,
    unit: "queries/s",
    peer: { name: "Deno.connect", value: both.theirs },
    note: `without deadline, order or recovery; median ratio ×${figure(both.ratio)}, ${
      where(placed)
    }`,
  };
}

/** Several instruments at once: tasks here, threads there. */
async function manyInstruments(instrument: Instrument, python: Talker): Promise<BenchRow> {
  const resource = resourceOf(instrument, "SOCKET");
  await using sessions = new AsyncDisposableStack();
  const all: MessageSession[] = [];
  while (all.length < MANY) all.push(sessions.use(await open(visa(resource))));
  const work = { what: "query", resource, count: QUERIES, threads: MANY } as const;
  const both = await paired(
    BLOCK_ROUNDS,
    async () =>
      await rate(1, () => Promise.all(all.map((one) => rate(QUERIES, () => one.query("READ?"))))) *
      MANY * QUERIES,
    async () => MANY * QUERIES / await python.ask(work),
  );
  return {
    section: SECTION,
    name: `SOCKET: short queries to ${MANY} instruments at once`,
    value: both.ours,
    unit: "queries/s",
    peer: { name: `pyvisa-py, ${MANY} threads`, value: both.theirs },
    note: "where the system places them",
  };
}

async function besideLxi(
  instrument: Instrument,
  bus: "SOCKET" | "VXI-11",
  session: MessageSession,
): Promise<BenchRow | undefined> {
  const way = bus === "SOCKET"
    ? ["--raw", "--port", String(instrument.socket)]
    : instrument.portmapper
    ? []
    : undefined;
  if (way === undefined) {
    say(`lxi by VXI-11 is left out: ${instrument.address} port 111 is not free for a portmapper`);
    return undefined;
  }
  const args = ["--address", instrument.address, "--count", "2000", ...way];
  if (is(await lxi(...args), "lxi") === undefined) return undefined;
  // Children are where their parent is.
  const pids = [Deno.pid, instrument.pid];
  const placed = await place(pids, "one");
  const both = await paired(
    BLOCK_ROUNDS,
    () => rate(2000, () => session.query("*IDN?")),
    async () => is(await lxi(...args), "lxi") ?? NaN,
  );
  await place(pids, "all");
  return {
    section: SECTION,
    name: `${bus}: short queries beside C`,
    value: both.ours,
    unit: "queries/s",
    peer: { name: "lxi benchmark", value: both.theirs },
    note: `median ratio ×${figure(both.ratio)}, ${where(placed)}`,
  };
}

async function* serialLines(
  instrument: Instrument,
  python: Talker | undefined,
  node: Talker | undefined,
): AsyncGenerator<BenchRow> {
  const [path = ""] = instrument.serial;
  const length = 1_000_000;
  await using session = await open(serial(path));
  const read = async (): Promise<void> => {
    await session.write(`BLOCK? ${length - 11}`);
    await session.readBytes(length);
  };
  const query = (count: number) => rate(count, () => session.query("READ?"));
  const megabytes = async () => await rate(1, read) * length / 1e6;
  await query(WARM_UP);
  const peers = [["pyserial", VERSIONS.pyserial, python], [
    "node-serialport",
    VERSIONS.serialport,
    node,
  ]] as const;
  for (const [index, [name, version, peer]] of peers.entries()) {
    if (peer === undefined) continue;
    // Each client sets its line up in its own way.
    const resource = instrument.serial[PORTS + index] ?? "";
    const pids = [Deno.pid, instrument.pid, peer.pid];
    const placed = await place(pids, "one");
    const count = QUERIES / 2;
    const queries = await paired(
      QUERY_ROUNDS,
      () => query(count),
      async () => count / await peer.ask({ what: "query", resource, count }),
    );
    const bytes = await paired(
      BLOCK_ROUNDS,
      megabytes,
      async () => length / 1e6 / await peer.ask({ what: "read", resource, length }),
    );
    await place(pids, "all");
    const aim = name === "pyserial";
    yield {
      section: SECTION,
      name: `serial: the time of a short query, times ${name}'s`,
      value: 1 / queries.ratio,
      unit: "×",
      ...aim ? { target: { atMost: 1.3 } } : {},
      note:
        `${figure(1e6 / queries.ours)} and ${
          figure(1e6 / queries.theirs)
        } µs over a pseudo terminal, ` +
        `${where(placed)}; ${name} ${version}`,
    };
    yield {
      section: SECTION,
      name: `serial: 1 MB read, times as fast as ${name}'s`,
      value: bytes.ratio,
      unit: "×",
      ...aim ? { target: { atLeast: 0.5 } } : {},
      note: `${figure(bytes.ours)} and ${figure(bytes.theirs)} MB/s, ${where(placed)}`,
    };
  }
}

/** All of it; what needs a program that is not there is left out with a line that says so. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  const made = is(await startInstrument(folder.path, ADDRESS, PORTS + 2), "the instrument");
  if (made === undefined) return;
  await using instrument = made;
  await using peers = new AsyncDisposableStack();
  const python = is(await startPython(folder.path), "pyvisa-py");
  const node = is(await startNode(folder.path), "node-serialport");
  for (const peer of [python, node]) if (peer !== undefined) peers.use(peer);
  for (const bus of ["SOCKET", "HiSLIP", "VXI-11"] as const) {
    await using session = await open(visa(resourceOf(instrument, bus)));
    if (python !== undefined) yield* besidePyvisa(instrument, bus, session, python);
    const row = bus === "HiSLIP" ? undefined : await besideLxi(instrument, bus, session);
    if (row !== undefined) yield row;
    if (bus === "SOCKET") yield await besideDeno(instrument, session);
  }
  if (python !== undefined) yield await manyInstruments(instrument, python);
  yield* serialLines(instrument, python, node);
  yield* cancelling(instrument);
  yield* manyPorts(instrument);
}
