import assert from "node:assert/strict";
import { discover, type DiscoveryEvent, type Finder } from "../../../devices/discovery/mod.ts";
import type { FinderContext, FinderName, Finding } from "../../../devices/discovery/mod.ts";
import { FinderSkipped } from "../../../devices/discovery/mod.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";

type Find = (context: FinderContext) => Promise<{ what: string; gaps?: readonly string[] }>;

function finder(name: FinderName, find: Find, flags: readonly string[] = []): Finder {
  return { name, missingFlags: () => flags, find };
}

const tell = (...findings: Finding[]): Find => (context) => {
  for (const finding of findings) context.found(finding);
  return Promise.resolve({ what: "all" });
};

const never: Find = () => new Promise(() => {});

async function collect(events: AsyncIterable<DiscoveryEvent>): Promise<DiscoveryEvent[]> {
  return await Array.fromAsync(events);
}

/** What was told, short: resources as they came, finders as they ended. */
function short(events: readonly DiscoveryEvent[]): string[] {
  return events.map((event) =>
    event.kind === "finder"
      ? `${event.report.finder} ${event.report.outcome}`
      : `${event.kind} ${event.resource.resource}`
  );
}

Deno.test("discover() tells what is found at once, and each finder's end", async () => {
  const clock = new VirtualClock();
  const slow = finder("visa", async ({ found, clock }) => {
    found({ resource: "GPIB::5", how: "VISA library" });
    await clock.sleepUntil(2000);
    found({ resource: "gpib0::6::instr", how: "VISA library" });
    return { what: "its buses", gaps: ["Not all."] };
  });
  const quick = finder("serial", tell({ resource: "ASRL/dev/ttyUSB0::INSTR", how: "serial port" }));
  const at: number[] = [];
  const events: DiscoveryEvent[] = [];
  for await (const event of discover({ clock, finders: [slow, quick] })) {
    events.push(event);
    at.push(clock.monotonic());
  }
  assert.deepEqual(short(events), [
    "found GPIB0::5::INSTR",
    "found ASRL/dev/ttyUSB0::INSTR",
    "serial searched",
    "found GPIB0::6::INSTR",
    "visa searched",
  ]);
  assert.deepEqual(at, [0, 0, 0, 2000, 2000]);
  assert.deepEqual(events.at(-1), {
    kind: "finder",
    report: {
      finder: "visa",
      outcome: "searched",
      message: "its buses",
      gaps: ["Not all."],
      flags: [],
      found: 2,
      elapsed: 2000,
    },
  });
});

Deno.test("discover() says of each finder why it has not searched, and goes on with the others", async () => {
  const clock = new VirtualClock();
  const events = await collect(discover({
    clock,
    timeout: "1s",
    timeouts: { visa: "10s" },
    finders: [
      finder("usbtmc", () => Promise.reject(new FinderSkipped("there is no such driver"))),
      finder("gpib", () => {
        throw new Error("it broke");
      }),
      finder("vxi11", never, ["--allow-net=0.0.0.0:0"]),
      finder("mdns", ({ doing, found }) => {
        found({ resource: "TCPIP::10.0.0.1::inst0", how: "mDNS" });
        doing("wait for nothing");
        return new Promise(() => {});
      }),
      finder("visa", ({ doing }) => {
        doing("load the library");
        return new Promise(() => {});
      }),
      finder("serial", tell({ resource: "ASRL1::INSTR", how: "serial port" })),
    ],
  }));
  const reports = events.flatMap((event) => event.kind === "finder" ? [event.report] : []);
  const said = reports.map(({ finder, outcome, message }) => `${finder} ${outcome}: ${message}`);
  assert.deepEqual(said.toSorted(), [
    "gpib failed: it broke",
    "mdns timed out: it took more than 1s to wait for nothing",
    "serial searched: all",
    "usbtmc skipped: there is no such driver",
    "visa timed out: it took more than 10s to load the library",
    "vxi11 skipped: it needs --allow-net=0.0.0.0:0",
  ]);
  const of = (name: string) => reports.find(({ finder }) => finder === name);
  assert.deepEqual(of("vxi11")?.flags, ["--allow-net=0.0.0.0:0"]);
  assert.equal(of("mdns")?.elapsed, 1500);
  assert.equal(of("visa")?.elapsed, 10_500);
  assert.equal(of("mdns")?.found, 1);
});

Deno.test("discover() merges what several finders know of one resource", async () => {
  const clock = new VirtualClock();
  const host = "TCPIP0::10.0.0.1::inst0::INSTR";
  const later = (ms: number, ...findings: Finding[]): Find => async (context) => {
    await clock.sleepUntil(ms);
    return await tell(...findings)(context);
  };
  const events = await collect(discover({
    clock,
    finders: [
      finder(
        "vxi11",
        later(0, { resource: host, how: "VXI-11 broadcast", ports: { "vxi-11": 9 } }),
      ),
      finder(
        "mdns",
        later(
          1,
          {
            resource: "tcpip::10.0.0.1::INST0",
            how: "mDNS _vxi-11._tcp",
            model: "34465A",
            ports: { lxi: 80, "vxi-11": 111 },
          },
          // Nothing new: nothing is told.
          { resource: host, how: "mDNS _vxi-11._tcp", model: "another", ports: { lxi: 81 } },
          { resource: host, how: "mDNS _lxi._tcp" },
        ),
      ),
      finder(
        "visa",
        later(
          2,
          { resource: "USB0::0x0957::0x1796::MY5::INSTR", how: "VISA library" },
          { resource: "ASRL3::INSTR", how: "VISA library" },
        ),
      ),
      finder("usbtmc", later(3, { resource: "USB::2391::6038::MY5::0", how: "/dev/usbtmc0" })),
      finder(
        "serial",
        later(4, { resource: "ASRLCOM3::INSTR", aliases: ["ASRL3::INSTR"], how: "serial port" }),
      ),
    ],
  }));
  const told = events.filter((event) => event.kind !== "finder");
  assert.deepEqual(short(told), [
    `found ${host}`,
    `changed ${host}`,
    `changed ${host}`,
    "found USB0::0x0957::0x1796::MY5::INSTR",
    "found ASRL3::INSTR",
    "changed USB0::0x0957::0x1796::MY5::INSTR",
    "changed ASRL3::INSTR",
  ]);
  assert.deepEqual(told[2], {
    kind: "changed",
    resource: {
      resource: host,
      ways: [
        { finder: "vxi11", how: "VXI-11 broadcast" },
        { finder: "mdns", how: "mDNS _vxi-11._tcp" },
        { finder: "mdns", how: "mDNS _lxi._tcp" },
      ],
      model: "34465A",
      ports: { "vxi-11": 9, lxi: 80 },
    },
  });
});

Deno.test("discover() leaves out what the expression does not fit, and finders that are not named", async () => {
  const finders = [
    finder(
      "serial",
      tell({ resource: "ASRL1", how: "a" }, { resource: "tcpip::h::5025::SOCKET", how: "a" }),
    ),
    finder("visa", never),
  ];
  const clock = new VirtualClock();
  const events = await collect(
    discover({ clock, finders, only: ["serial"], expression: "?*INSTR" }),
  );
  assert.deepEqual(short(events), ["found ASRL1::INSTR", "serial searched"]);
  const [, end] = events;
  assert.equal(end?.kind === "finder" && end.report.found, 2);
});

Deno.test("discover() takes away from text what a terminal would obey", async () => {
  const evil = "a\x1b[2J\u202eb\nc".padEnd(5000, "x");
  const [event] = await collect(discover({
    clock: new VirtualClock(),
    finders: [finder(
      "mdns",
      tell({
        resource: "TCPIP::\x1b[31mh::INSTR",
        how: "mDNS",
        model: evil,
        usb: { vendorId: "0957", productId: "1796", product: evil },
      }),
    )],
  }));
  assert.ok(event?.kind === "found");
  assert.doesNotMatch(JSON.stringify(event), /\\u001b|\\n|\u202e/);
  assert.equal(event.resource.model?.slice(0, 9), "a [2J b c");
  assert.ok((event.resource.model?.length ?? 0) <= 256);
});

Deno.test("discover() ends at once when its signal aborts, with what was found", async () => {
  const clock = new VirtualClock({ automatic: false });
  const stop = new AbortController();
  const told: DiscoveryEvent[] = [];
  let given: AbortSignal | undefined;
  const patient = finder("mdns", ({ signal, found }) => {
    given = signal;
    found({ resource: "ASRL1", how: "a" });
    // As one does who closes what is open before it ends.
    return new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason))
    );
  });
  for await (const event of discover({ clock, finders: [patient], signal: stop.signal })) {
    told.push(event);
    stop.abort();
  }
  assert.deepEqual(short(told), ["found ASRL1::INSTR", "mdns stopped"]);
  assert.ok(given?.aborted);
  const before = await collect(discover({ clock, finders: [patient], signal: stop.signal }));
  assert.deepEqual(short(before), ["mdns stopped"]);
});

Deno.test("discover() stops its finders when the loop over it is left, even while it waits", async () => {
  const clock = new VirtualClock();
  let given: AbortSignal | undefined;
  const hanging = finder("mdns", ({ signal, found }) => {
    given = signal;
    found({ resource: "ASRL1", how: "a" });
    return new Promise(() => {});
  });
  for await (const _event of discover({ clock, timeout: "10d", finders: [hanging] })) break;
  assert.ok(given?.aborted);
  given = undefined;
  const events = discover({ clock, timeout: "10d", finders: [hanging] });
  await events.next();
  const pending = events.next();
  await events.return();
  assert.ok((given as AbortSignal | undefined)?.aborted);
  assert.equal((await pending).done, false, "the finder's end is told");
  assert.ok(clock.monotonic() < 1000, "what hangs is not waited for");
});

Deno.test("discover() refuses nonsense before anything is searched", () => {
  const finders = [finder("serial", never)];
  assert.throws(() => discover({ finders, expression: "*" }), /search expression/);
  assert.throws(() => discover({ finders, only: ["visa"] }), {
    name: "RangeError",
    message: /no such finder: visa. Choose among serial\./,
  });
  assert.throws(
    () => discover({ finders, timeouts: { serial: "3 parsecs" as "3s" } }),
    SyntaxError,
  );
});
