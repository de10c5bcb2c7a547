import assert from "node:assert/strict";
import { MessageSession } from "../../../devices/message_session.ts";
import type {
  MessageSessionOptions,
  SessionEvent,
} from "../../../devices/message_session/options.ts";
import { LinkError } from "../../../devices/transports/errors.ts";
import type { Responder } from "../../../devices/transports/responder.ts";
import { overlaid } from "../../../devices/transports/overlaid.ts";
import { openSimulated } from "../../../devices/transports/simulated.ts";
import type { LockRequest, Transport } from "../../../devices/transports/transport.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { named } from "../_tcp_instrument.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** An instrument whose plug can be pulled; each link to it has a number, which is its answer. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock({ start: 1_000_000 });
  readonly events: SessionEvent[] = [];
  /** When it was tried to open it anew. */
  readonly attempts: number[] = [];
  readonly links: Transport[] = [];
  readonly session: MessageSession;
  plugged = true;
  /** What a link is like beside an ordinary one. */
  readonly #dress: (link: Transport, number: number) => Transport;

  constructor(
    options: MessageSessionOptions = {},
    dress: (link: Transport, number: number) => Transport = (link) => link,
  ) {
    this.#dress = dress;
    this.session = new MessageSession(this.#link(), {
      clock: this.clock,
      onEvent: (event) => this.events.push(event),
      reopen: () => {
        this.attempts.push(this.clock.monotonic());
        if (this.plugged) return Promise.resolve(this.#link());
        return Promise.reject(new LinkError("Cannot open RIG, as it is not there.", "RIG"));
      },
      ...options,
    });
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  #link(): Transport {
    const number = this.links.length + 1;
    const responder: Responder = { receive: () => encode(`${number}\n`), statusByte: () => 0x40 };
    const plain = openSimulated({ responder, resource: "RIG", clock: this.clock });
    const link = this.#dress(plain, number);
    this.links.push(link);
    return link;
  }

  async unplug(): Promise<void> {
    this.plugged = false;
    await this.links.at(-1)?.[Symbol.asyncDispose]();
  }

  /** Plugs it in again after a while. */
  plugIn(ms: number): Promise<void> {
    return this.clock.sleepUntil(this.clock.monotonic() + ms).then(() => {
      this.plugged = true;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session.close();
  }
}

Deno.test("a lost link is opened anew with growing pauses, and a query waits for it", async () => {
  await using rig = new Rig();
  assert.equal(await rig.session.query("N?"), "1");
  assert.equal(rig.session.state, "open");
  await rig.unplug();
  assert.equal(rig.session.state, "lost");
  const plugged = rig.plugIn(20_000);
  assert.equal(await rig.session.query("N?"), "2");
  await plugged;
  assert.equal(rig.session.state, "open");
  assert.deepEqual(rig.attempts, [0, 250, 750, 1750, 3750, 7750, 15_750, 25_750]);
  assert.deepEqual(rig.kinds, ["lost", "note", "reopened", "gap"], "the same reason is told once");
  assert.match(rig.events[1]?.message ?? "", /RIG is not back yet: .* it is not there\.$/);
  assert.match(rig.events[2]?.message ?? "", /was lost for 25\.75 ?s and has been opened anew/);
  assert.deepEqual(rig.events[3]?.data, { from: 1_000_000, to: 26_750_000, attempts: 8 });
});

Deno.test("a query fails when the instrument does not come back in time, and says all about it", async () => {
  await using rig = new Rig({ reopening: { wait: "3s", longestPause: "500ms" } });
  await rig.unplug();
  await assert.rejects(
    rig.session.query("N?"),
    named("LinkError", /lost for 3 ?s .* did not come back in 7 attempts: .*it is not there/),
  );
  assert.equal(rig.clock.monotonic(), 3000);
  rig.plugged = true;
  assert.equal(await rig.session.query("N?"), "2");
});

Deno.test("a link that nobody uses is brought back as well", async () => {
  await using rig = new Rig();
  await rig.unplug();
  await rig.plugIn(5_000);
  await rig.clock.sleepUntil(20_000);
  assert.equal(rig.links.length, 2);
  assert.equal(rig.session.state, "open");
});

Deno.test("all who wait for a lost link go on in their order when it is back", async () => {
  await using rig = new Rig();
  await rig.unplug();
  const done: number[] = [];
  const queries = Array.from(
    { length: 20 },
    (_, i) => rig.session.query("N?").then(() => done.push(i)),
  );
  await rig.plugIn(4_000);
  await Promise.all(queries);
  assert.deepEqual(done, Array.from({ length: 20 }, (_, i) => i));
});

Deno.test("waiting for a lost link ends by the signal and by close()", async () => {
  const rig = new Rig();
  await rig.unplug();
  const stop = new AbortController();
  const given = assert.rejects(rig.session.query("N?", { signal: stop.signal }), /enough/);
  const closed = assert.rejects(rig.session.query("N?"), named("LinkError", /was closed/));
  await rig.clock.sleepUntil(2_000);
  stop.abort(new Error("enough"));
  await given;
  await rig.session.close();
  await closed;
  assert.equal(rig.session.state, "closed");
  assert.deepEqual(rig.kinds, ["lost", "note", "gap"]);
  assert.equal(rig.events.at(-1)?.data?.["to"], 3_000_000);
});

Deno.test("a stop ends the waits for a lost link, and lets nobody wait afterwards", async () => {
  const stop = new AbortController();
  await using rig = new Rig({ stopping: stop.signal });
  await rig.unplug();
  const waiting = assert.rejects(rig.session.query("N?"), /stopped/);
  await rig.clock.sleepUntil(2_000);
  stop.abort(new Error("stopped"));
  await waiting;
  const now = rig.clock.monotonic();
  await assert.rejects(rig.session.query("N?"), named("LinkError", /lost for 2 ?s/));
  assert.equal(rig.clock.monotonic(), now);
  await rig.plugIn(10_000);
  await rig.clock.sleepUntil(30_000);
  assert.equal(await rig.session.query("N?"), "2", "what makes it safe reaches it");
});

Deno.test("a link that is opened while the session closes is closed again", async () => {
  const opening = Promise.withResolvers<Transport>();
  const rig = new Rig({ reopen: () => opening.promise });
  await rig.unplug();
  const closed = assert.rejects(rig.session.query("N?"), named("LinkError", /was closed/));
  await rig.clock.sleepUntil(1);
  const closing = rig.session.close();
  const late = openSimulated({ responder: { receive: () => encode("late") }, clock: rig.clock });
  opening.resolve(late);
  await Promise.all([closing, closed]);
  assert.equal(late.alive, false);
});

Deno.test("a link that can't be put in order is opened anew", async () => {
  const failing = { recover: () => Promise.reject(new LinkError("Cannot recover RIG.", "RIG")) };
  await using rig = new Rig({}, (link, number) => {
    if (number > 1) return link;
    return overlaid(link, { ...failing, read: () => Promise.reject(new Error("odd")) });
  });
  await assert.rejects(rig.session.query("N?"), /odd/);
  assert.equal(rig.session.state, "stale");
  assert.equal(await rig.session.query("N?"), "2");
  assert.deepEqual(rig.kinds, ["lost", "reopened", "gap"]);
});

Deno.test("the lock is taken again before anybody else is served, and not after it was given back", async () => {
  const calls: string[] = [];
  let refused = 0;
  await using rig = new Rig({}, (link, number) =>
    overlaid(link, {
      lock: ({ key }: LockRequest) => {
        if (refused-- > 0) return Promise.reject(new LinkError("Cannot lock RIG.", "RIG"));
        calls.push(`lock ${number} ${key}`);
        return Promise.resolve();
      },
    }));
  await rig.session.lock({ key: "ours" });
  refused = 1;
  await rig.unplug();
  rig.plugged = true;
  assert.equal(await rig.session.query("N?"), "3", "one that could not be locked was closed again");
  assert.equal(rig.links[1]?.alive, false);
  assert.deepEqual(calls, ["lock 1 ours", "lock 3 ours"]);
  await rig.session.unlock();
  await rig.unplug();
  rig.plugged = true;
  assert.equal(await rig.session.query("N?"), "4");
  assert.deepEqual(calls, ["lock 1 ours", "lock 3 ours"]);
});

Deno.test("polling for service requests outlives the loss of the link", async () => {
  await using rig = new Rig({ reopening: { wait: "1s" } });
  const requests = rig.session.serviceRequests({ poll: "100ms" });
  assert.deepEqual(await requests.next(), { done: false, value: 0x40 });
  await rig.unplug();
  await rig.plugIn(10_000);
  await rig.clock.sleepUntil(30_000);
  let count = 0;
  while (count < 150) {
    await requests.next();
    count++;
  }
  await requests.return();
});
