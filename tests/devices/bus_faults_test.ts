import assert from "node:assert/strict";
import { open } from "../../devices/open.ts";
import type { MessageSession } from "../../devices/message_session.ts";
import { systemClock } from "../../time/system_clock.ts";
import { sleep } from "../../time/clock.ts";
import { serial, visa } from "../../devices/visa.ts";
import { needs } from "../_needs.ts";
import { BUSES, type BusRig, Echo, echoOverTcp } from "./_buses.ts";
import { bridge } from "./transports/serial/_socat.ts";
import { standin } from "./transports/visa_library/_standin.ts";
import { named } from "./_tcp_instrument.ts";

interface Case {
  readonly session: MessageSession;
  readonly bus: BusRig;
  readonly events: { readonly kind: string }[];
}

/** The same fault on every bus where it can be. */
function onBuses(
  claim: string,
  which: (bus: BusRig) => boolean,
  fn: (test: Case) => Promise<void>,
) {
  for (const bus of BUSES.filter((bus) => bus.echoes && which(bus))) {
    Deno.test({
      ignore: bus.ignore,
      name: `${bus.name}: ${claim}`,
      async fn() {
        await using rig = await bus.start();
        const events: { readonly kind: string }[] = [];
        const report = (event: { readonly kind: string }) => void events.push(event);
        await using session = await open(rig.definition({ timeout: "60s" }), { report });
        await fn({ session, bus, events });
        assert.equal(await session.query("ECHO? in order"), "in order");
      },
    });
  }
}

const everywhere = () => true;
const SOON = { timeout: "60ms" } as const;

onBuses(
  "a silent instrument is a time-out with how long it took",
  everywhere,
  async ({ session }) => {
    const start = systemClock.monotonic();
    await assert.rejects(session.query("SILENT?", SOON), named("TimeoutError", /within \d+ ms/));
    assert.ok(systemClock.monotonic() - start >= 59);
  },
);

onBuses(
  "a partial line is a time-out, or whole by its END",
  everywhere,
  async ({ session, bus }) => {
    if (bus.hasEnd) assert.equal(await session.query("PART?"), "1.2");
    else await assert.rejects(session.query("PART?", SOON), named("TimeoutError"));
  },
);

onBuses("garbage is a ProtocolError", everywhere, async ({ session }) => {
  await assert.rejects(session.query("GARBAGE?"), named("ProtocolError", /"ÿþ\x80\\?n?/));
  await assert.rejects(session.queryNumber("ECHO? what"), named("ProtocolError", /what/));
});

onBuses("what comes unasked is nobody's answer", everywhere, async ({ session, bus, events }) => {
  await session.write("NOISE");
  // On a stream it must have come: what comes with an answer can't be told from it.
  if (!bus.hasEnd) await sleep(systemClock, 300);
  assert.equal(await session.query("ECHO? asked"), "asked");
  assert.ok(events.every(({ kind }) => kind === "discarded"));
});

onBuses("a wrong header is a ProtocolError at once", everywhere, async ({ session }) => {
  await assert.rejects(session.queryBlock("WRONG?"), named("ProtocolError", /#|"x"/));
});

onBuses(
  "a block that is shorter than its header says ends",
  everywhere,
  async ({ session, bus }) => {
    const short = session.queryBlock("SHORT?", bus.hasEnd ? {} : SOON);
    await assert.rejects(
      short,
      bus.hasEnd ? named("ProtocolError", /10 of 100/) : named("TimeoutError"),
    );
  },
);

onBuses("a header of 10 GB allocates nothing", everywhere, async ({ session, bus }) => {
  const before = Deno.memoryUsage();
  await assert.rejects(session.queryBlock("HUGE?"), named("ProtocolError", /10000000000/));
  const call = bus.hasEnd ? {} : SOON;
  await assert.rejects(async () => {
    for await (const chunk of session.queryChunks("HUGE?", call)) assert.ok(chunk.length < 2 ** 21);
  }, { name: bus.hasEnd ? "ProtocolError" : "TimeoutError" });
  const grown = Deno.memoryUsage().external - before.external;
  assert.ok(grown < 64 * 2 ** 20, `${grown} bytes`);
});

onBuses(
  "a long line without an end is a time-out, and thrown away",
  ({ hasEnd }) => !hasEnd,
  async ({ session }) => {
    await assert.rejects(session.query("LONG?", SOON), named("TimeoutError"));
  },
);

onBuses(
  "a peer that closes in mid-block is told at once, and opened anew",
  ({ name }) => name === "SOCKET",
  async ({ session, events }) => {
    await assert.rejects(session.queryBlock("DIE?"), named("LinkError"));
    assert.equal(await session.query("ECHO? back"), "back");
    assert.deepEqual(events.map(({ kind }) => kind), ["lost", "reopened", "gap"]);
  },
);

Deno.test({
  ...needs("socat", ["-V"]),
  name: "serial: a line that is pulled out in mid-block is told at once, and opened anew",
  async fn() {
    await using instrument = echoOverTcp(new Echo());
    await using line = await bridge(instrument.port);
    await using session = await open(serial(line.path, { timeout: "60s" }));
    await assert.rejects(session.queryBlock("DIE?"), named("LinkError", /is gone/));
    await line.unplug();
    await line.plug();
    assert.equal(await session.query("ECHO? back"), "back");
  },
});

Deno.test({
  ...needs("gcc"),
  name: "vendor VISA: a connection that the library has lost is opened anew",
  async fn() {
    await using made = await standin();
    const definition = visa("GPIB0::5::INSTR", { library: made.library, timeout: "60s" });
    await using session = await open(definition);
    await session.write("LOST");
    await assert.rejects(session.query("ECHO? gone"), named("LinkError"));
    assert.equal(await session.query("ECHO? back"), "back");
  },
});
