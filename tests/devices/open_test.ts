import assert from "node:assert/strict";
import type { DeviceContext, DeviceDefinition, DeviceEvent } from "../../devices/device.ts";
import { open, release } from "../../devices/open.ts";
import { systemClock } from "../../time/system_clock.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

function definition<T>(make: (context: DeviceContext) => T | Promise<T>): DeviceDefinition<T> {
  return { kind: "pump", open: make };
}

/** An instrument that keeps its state in private fields, as most drivers do. */
class Pump implements AsyncDisposable {
  readonly calls: string[];
  #speed = 3;
  constructor(calls: string[] = []) {
    this.calls = calls;
  }
  speed(): number {
    return this.#speed;
  }
  safe(): void {
    this.#speed = 0;
    this.calls.push("safe");
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    this.calls.push(`closed at ${this.#speed}`);
  }
}

Deno.test("open() gives the instrument itself, with its private fields, safe and closed at the end", async () => {
  const pump = new Pump();
  {
    await using opened = await open(definition(() => pump));
    assert.equal(opened, pump);
    assert.ok(opened instanceof Pump);
    assert.equal(opened.speed(), 3);
    assert.deepEqual(pump.calls, []);
  }
  assert.deepEqual(pump.calls, ["safe", "closed at 0"]);
});

Deno.test("open() closes by what the instrument has", async () => {
  const table: [string, (calls: string[]) => object, string[]][] = [
    ["nothing", () => ({}), []],
    ["safe only", (calls) => ({ safe: () => calls.push("safe") }), ["safe"]],
    ["sync", (calls) => ({ [Symbol.dispose]: () => calls.push("sync") }), ["sync"]],
    ["async before sync", (calls) => ({
      [Symbol.dispose]: () => calls.push("sync"),
      [Symbol.asyncDispose]: () => Promise.resolve(calls.push("async")),
    }), ["async"]],
    ["a function", (calls) => Object.assign(() => 1, { safe: () => calls.push("safe") }), ["safe"]],
  ];
  for (const [name, make, expected] of table) {
    const calls: string[] = [];
    {
      await using _opened = await open(definition(() => make(calls)));
    }
    assert.deepEqual(calls, expected, name);
  }
});

Deno.test("open() releases once when it is disposed and released again and again", async () => {
  const pump = await open(definition(() => new Pump()));
  await Promise.all([pump[Symbol.asyncDispose](), release(pump), pump[Symbol.asyncDispose]()]);
  await release(pump);
  assert.deepEqual(pump.calls, ["safe", "closed at 0"]);
});

Deno.test("open() releases again when the same instrument was opened again", async () => {
  const pump = new Pump();
  for (let i = 0; i < 2; i++) {
    await using _opened = await open(definition(() => pump));
  }
  assert.deepEqual(pump.calls, ["safe", "closed at 0", "safe", "closed at 0"]);
});

Deno.test("open() hides its disposer from whoever lists the instrument", async () => {
  await using opened = await open(definition(() => ({ value: 1 })));
  assert.deepEqual(Object.keys(opened), ["value"]);
  assert.deepEqual({ ...opened }, { value: 1 });
});

Deno.test("open() gives the definition a name, a clock, a signal and a report", async () => {
  const seen: DeviceContext[] = [];
  const keep = definition((context) => {
    seen.push(context);
    return {};
  });
  const clock = new VirtualClock();
  const events: DeviceEvent[] = [];
  const { signal } = new AbortController();
  await using _plain = await open(keep);
  await using _told = await open(keep, {
    name: "left",
    clock,
    signal,
    report: (event) => events.push(event),
  });
  const [plain, told] = seen;
  assert.equal(plain?.name, "pump");
  assert.equal(plain?.clock, systemClock);
  assert.equal(plain?.signal.aborted, false);
  plain?.report({ kind: "x", level: "info", message: "goes nowhere" });
  assert.equal(told?.name, "left");
  assert.equal(told?.clock, clock);
  assert.equal(told?.signal, signal);
  told?.report({ kind: "lost", level: "error", message: "gone" });
  assert.deepEqual(events.map(({ kind }) => kind), ["lost"]);
});

Deno.test("open() refuses what no disposer can be added to, and releases it first", async () => {
  const calls: string[] = [];
  const frozen = Object.freeze({ safe: () => calls.push("safe") });
  const table: [unknown, RegExp][] = [
    [frozen, /a frozen object/],
    [Object.preventExtensions({}), /a frozen object/],
    [5, /of type number/],
    ["x", /of type string/],
    [null, /: null/],
    [undefined, /of type undefined/],
  ];
  for (const [value, message] of table) {
    await assert.rejects(open(definition(() => value)), { name: "TypeError", message });
  }
  assert.deepEqual(calls, ["safe"]);
});

Deno.test("open() keeps both errors when a refused instrument can't be released", async () => {
  const failure = new Error("stuck");
  const frozen = Object.freeze({
    safe() {
      throw failure;
    },
  });
  await assert.rejects(open(definition(() => frozen)), (error) => {
    assert.ok(error instanceof SuppressedError);
    assert.equal(error.error, failure);
    assert.ok(error.suppressed instanceof TypeError);
    return true;
  });
});

Deno.test("open() passes on what opening throws, whether at once or later", async () => {
  const failure = new Error("no answer");
  const events: DeviceEvent[] = [];
  const report = (event: DeviceEvent): void => void events.push(event);
  const atOnce = definition((): object => {
    throw failure;
  });
  await assert.rejects(open(atOnce, { report }), (error) => error === failure);
  const later = definition(() => Promise.reject<object>(failure));
  await assert.rejects(open(later, { report }), (error) => error === failure);
  assert.deepEqual(events, []);
});

Deno.test("open() does not open when the signal has aborted already", async () => {
  let opened = false;
  const touch = definition(() => {
    opened = true;
    return {};
  });
  const reason = new Error("stop");
  await assert.rejects(
    open(touch, { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
  assert.equal(opened, false);
});

Deno.test("open() gives up when the signal aborts, and releases the instrument that comes late", async () => {
  const controller = new AbortController();
  const arriving = Promise.withResolvers<Pump>();
  const closed = Promise.withResolvers<void>();
  class LatePump extends Pump {
    override async [Symbol.asyncDispose](): Promise<void> {
      await super[Symbol.asyncDispose]();
      closed.resolve();
    }
  }
  const pump = new LatePump();
  const opening = open(definition(() => arriving.promise), { signal: controller.signal });
  const reason = new Error("stop");
  controller.abort(reason);
  await assert.rejects(opening, (error) => error === reason);
  arriving.resolve(pump);
  await closed.promise;
  assert.deepEqual(pump.calls, ["safe", "closed at 0"]);
});

Deno.test("open() reports the failure of an instrument that was given up", async () => {
  const controller = new AbortController();
  const arriving = Promise.withResolvers<object>();
  const reported = Promise.withResolvers<DeviceEvent>();
  const opening = open(definition(() => arriving.promise), {
    signal: controller.signal,
    report: reported.resolve,
  });
  controller.abort(new Error("stop"));
  await assert.rejects(opening, /stop/);
  arriving.reject(new Error("bus fault"));
  const event = await reported.promise;
  assert.equal(event.level, "warning");
  assert.match(event.message, /pump .*bus fault/);
});

Deno.test("release() needs nothing of what has no methods for it", async () => {
  for (const value of [undefined, null, 5, "x", {}, Object.freeze([])]) await release(value);
});

Deno.test("release() gives safe() the signal, and runs the steps in order", async () => {
  const { signal } = new AbortController();
  const calls: unknown[] = [];
  const instrument = {
    async safe(given?: AbortSignal): Promise<void> {
      await Promise.resolve();
      calls.push(given);
    },
    [Symbol.dispose](): void {
      calls.push("closed");
    },
  };
  await release(instrument, signal);
  await release(await open(definition(() => instrument)), signal);
  assert.deepEqual(calls, [signal, "closed", signal, "closed"]);
});

Deno.test("release() closes though safe() fails, and keeps every error", async () => {
  const unsafe = new Error("valve stuck");
  const unclosed = new Error("port busy");
  for (const when of ["at once", "later"] as const) {
    const fail = (error: Error): Promise<void> => {
      if (when === "at once") throw error;
      return Promise.reject(error);
    };
    const calls: string[] = [];
    const half = { safe: () => fail(unsafe), [Symbol.dispose]: () => calls.push("closed") };
    await assert.rejects(release(half), (error) => error === unsafe);
    assert.deepEqual(calls, ["closed"]);
    await assert.rejects(
      release({ [Symbol.asyncDispose]: () => fail(unclosed) }),
      (error) => error === unclosed,
    );
    const both = { safe: () => fail(unsafe), [Symbol.asyncDispose]: () => fail(unclosed) };
    await assert.rejects(release(both), (error) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(error.errors, [unsafe, unclosed]);
      assert.match(error.message, /valve stuck.*port busy/);
      return true;
    });
  }
});

Deno.test("release() closes though the instrument's safe can't even be read", async () => {
  const calls: string[] = [];
  const broken = {
    get safe(): never {
      throw new Error("no such thing");
    },
    [Symbol.dispose]: () => calls.push("closed"),
  };
  await assert.rejects(release(broken), /no such thing/);
  assert.deepEqual(calls, ["closed"]);
});

Deno.test("release() waits no longer when the signal aborts, yet closes", async () => {
  const controller = new AbortController();
  const reason = new Error("too long");
  const calls: string[] = [];
  const hanging = {
    safe: () => {
      calls.push("safe");
      controller.abort(reason);
      return new Promise<void>(() => {});
    },
    [Symbol.asyncDispose]: () => {
      calls.push("closing");
      return new Promise<void>(() => {});
    },
  };
  await assert.rejects(release(hanging, controller.signal), (error) => error === reason);
  assert.deepEqual(calls, ["safe", "closing"]);
});
