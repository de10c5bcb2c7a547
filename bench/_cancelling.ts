/**
 * How soon a read that waits for a silent instrument ends once it is given up.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type DeviceDefinition, type MessageSession, open } from "@stripchart/stripchart/devices";
import { serial, socket, visa } from "@stripchart/stripchart/devices";
import { type Instrument, LineChild } from "./_bus_peers.ts";
import type { BenchRow } from "./_row.ts";
import { median, quantile, ROOT, wait } from "./_run.ts";
import { figure } from "./_table.ts";

const SAMPLES = 200;

/** Milliseconds from the abort to the end of the read, each time with the link in order again. */
async function cancelled(definition: DeviceDefinition<MessageSession>): Promise<number[]> {
  await using session = await open(definition);
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    // Puts the link in order after the last one.
    await session.write("*CLS");
    const stop = new AbortController();
    const over = session.read({ timeout: "1min", signal: stop.signal })
      .then(() => NaN, () => performance.now());
    await wait(2 + i % 5);
    const start = performance.now();
    stop.abort();
    times.push(await over - start);
  }
  return times;
}

/** A row for each bus; raw sockets and serial lines by the C program, the others by our own servers. */
export async function* cancelling(instrument: Instrument): AsyncGenerator<BenchRow> {
  const program = fileURLToPath(new URL("_silent_program.ts", import.meta.url));
  await using servers = new LineChild(
    Deno.execPath(),
    ["run", "--allow-net", "--config", `${ROOT}/deno.json`, program],
  );
  const { vxi11, hislip } = JSON.parse(await servers.line());
  const buses: Readonly<Record<string, DeviceDefinition<MessageSession>>> = {
    SOCKET: socket(instrument.address, instrument.socket),
    HiSLIP: visa(`TCPIP::127.0.0.1::hislip0,${hislip}::INSTR`),
    "VXI-11": visa(`TCPIP::127.0.0.1,${vxi11}::inst0::INSTR`),
    serial: serial(instrument.serial[0] ?? ""),
  };
  for (const [bus, definition] of Object.entries(buses)) {
    const times = await cancelled(definition);
    yield {
      section: "Talking to instruments",
      name: `${bus}: a waiting read ends after its abort, p99`,
      value: quantile(times, 0.99),
      unit: "ms",
      target: { atMost: 2 },
      note: `median ${figure(median(times))} ms, longest ${figure(Math.max(...times))} ms of ` +
        `${SAMPLES}; the link is put in order before the next`,
    };
  }
}
