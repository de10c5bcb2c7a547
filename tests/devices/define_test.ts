import assert from "node:assert/strict";
import { device } from "../../devices/define.ts";
import type { DeviceContext, DeviceDefinition } from "../../devices/device.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true
  : false;
function expectType<_Same extends true>(): void {}

const context: DeviceContext = {
  name: "rig",
  clock: new VirtualClock(),
  signal: new AbortController().signal,
  report: () => {},
};

class Rig {
  #volts = 1;
  voltage(): Promise<number> {
    return Promise.resolve(this.#volts);
  }
  state(): string {
    return "real";
  }
  setVoltage(volts: number): void {
    this.#volts = volts;
  }
}

Deno.test("device() infers the instrument from what opens it, alone or among the parts", async () => {
  const short = device(() => new Rig());
  const late = device(() => Promise.resolve(new Rig()), { kind: "rig" });
  const whole = device({ kind: "rig", open: () => new Rig(), simulate: { voltage: 2 } });
  const named = device(({ name }) => ({ name: () => name }));
  expectType<Equal<typeof short, DeviceDefinition<Rig>>>();
  expectType<Equal<typeof late, DeviceDefinition<Rig>>>();
  expectType<Equal<typeof whole, DeviceDefinition<Rig>>>();
  expectType<Equal<typeof named, DeviceDefinition<{ name: () => string }>>>();
  assert.equal(await (await late.open(context)).voltage(), 1);
  assert.equal((await named.open(context)).name(), "rig");
});

Deno.test("device() keeps what it is told, frozen, and opens nothing", () => {
  const permissions = { net: ["rig.lab:5025"] };
  let opened = 0;
  const open = (): object => ({ count: ++opened });
  const definition = device(open, {
    kind: "rig",
    address: "TCPIP::rig.lab::5025::SOCKET",
    permissions,
  });
  assert.equal(definition.kind, "rig");
  assert.equal(definition.address, "TCPIP::rig.lab::5025::SOCKET");
  assert.equal(definition.permissions, permissions);
  assert.equal("simulate" in definition, false);
  assert.ok(Object.isFrozen(definition));
  assert.equal(opened, 0);
  const plain = device(open);
  assert.deepEqual(Object.keys(plain), ["kind", "open"]);
  assert.equal(plain.kind, "device");
});

Deno.test("device() simulates by values or by a function, with the context", async () => {
  const values = device(() => new Rig(), { simulate: { voltage: 5, state: () => "declared" } });
  const byValues = await values.simulate?.(context);
  assert.equal(await byValues?.voltage(), 5);
  assert.equal(byValues?.state(), "declared");
  byValues?.setVoltage(3);

  const seen: DeviceContext[] = [];
  const made = device(() => new Rig(), {
    simulate: (given) => {
      seen.push(given);
      return new Rig();
    },
  });
  assert.ok(await made.simulate?.(context) instanceof Rig);
  assert.deepEqual(seen, [context]);
});

Deno.test("device() does not compile when its simulation is not the instrument's", () => {
  // @ts-expect-error: there is no such method
  device(() => new Rig(), { simulate: { voltag: 5 } });
  // @ts-expect-error: a voltage is a number
  device(() => new Rig(), { simulate: { voltage: "5" } });
  // @ts-expect-error: a method that answers at once takes a function
  device(() => new Rig(), { simulate: { state: "declared" } });
  // @ts-expect-error: this is another instrument
  device(() => new Rig(), { simulate: () => ({ current: () => 1 }) });
});

Deno.test("device() refuses what can't be a definition", () => {
  const call = device as (...args: unknown[]) => unknown;
  for (const args of [[{}], [{ open: 5 }], [{ open: () => 1, kind: "" }], [() => 1, { kind: 5 }]]) {
    assert.throws(() => call(...args), TypeError, JSON.stringify(args));
  }
  assert.throws(() => call(() => 1, { simulate: 5 }), { name: "TypeError", message: /number/ });
  assert.throws(() => call(() => 1, { simulate: null }), TypeError);
});
