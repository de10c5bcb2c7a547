import assert from "node:assert/strict";
import { open, release } from "../../devices/open.ts";
import { standIn } from "../../devices/stand_in.ts";

interface Multimeter {
  voltage(): Promise<number>;
  range(channel: number): Promise<number>;
  identity(): string;
  either(): number | Promise<number>;
  readonly address: string;
  setRange(volts: number): Promise<void>;
  reset(): void;
  settings(): Promise<string>;
  safe(): Promise<void>;
}

Deno.test("standIn() answers values as promises and functions' results as they are", async () => {
  const dmm = standIn<Multimeter>({
    voltage: 1.2,
    range: (channel) => channel * 10,
    identity: () => "stand-in",
    either: 7,
  });
  const promise = dmm.voltage();
  assert.ok(promise instanceof Promise);
  assert.equal(await promise, 1.2);
  assert.equal(await dmm.range(3), 30);
  assert.equal(dmm.identity(), "stand-in");
  assert.equal(await dmm.either(), 7);
});

Deno.test("standIn() answers undefined, null and NaN when they are declared", async () => {
  interface Odd {
    a(): Promise<undefined>;
    b(): Promise<null>;
    c(): Promise<number>;
  }
  const odd = standIn<Odd>({ a: undefined, b: null, c: NaN });
  assert.deepEqual([await odd.a(), await odd.b(), await odd.c()], [undefined, null, NaN]);
});

Deno.test("standIn() accepts and ignores commands that are not declared", async () => {
  const dmm = standIn<Multimeter>({ voltage: 1 });
  assert.equal(await dmm.setRange(10), undefined);
  dmm.reset();
  assert.equal(await dmm.safe(), undefined);
});

Deno.test("standIn() names what is declared when something else is asked", () => {
  const dmm = standIn<Multimeter>({ voltage: 1, range: 2 });
  const message = /Cannot simulate identity, .*declared are voltage, range\. Add it/;
  assert.throws(() => dmm.identity(), { name: "TypeError", message });
  // Begins with "set", but asks.
  assert.throws(() => dmm.settings(), { name: "TypeError", message: /settings/ });
  assert.throws(() => dmm.address, { name: "TypeError", message: /address/ });
  assert.throws(() => standIn<Multimeter>({}).identity(), /nothing is/);
});

Deno.test("standIn() can be awaited, opened and released", async () => {
  const calls: string[] = [];
  const make = (): Multimeter => standIn<Multimeter>({ safe: () => void calls.push("safe") });
  const dmm = await Promise.resolve(make());
  await release(dmm);
  assert.deepEqual(calls, ["safe"]);
  {
    await using _opened = await open({ kind: "dmm", open: make });
  }
  assert.deepEqual(calls, ["safe", "safe"]);
  assert.equal(JSON.stringify(dmm), "{}");
});

Deno.test("standIn() refuses values that are no object", () => {
  for (const values of [null, undefined, 5]) {
    assert.throws(() => standIn(values as unknown as Record<never, never>), TypeError);
  }
});

Deno.test("standIn() does not compile when a name is no method or a value is of another type", () => {
  // @ts-expect-error: address is no method
  standIn<Multimeter>({ address: "x" });
  // @ts-expect-error: not a method at all
  standIn<Multimeter>({ current: 1 });
  // @ts-expect-error: a function's result must fit
  standIn<Multimeter>({ voltage: () => "1" });
});
