import fc from "fast-check";
import assert from "node:assert/strict";
import type { DeviceContext } from "../../devices/device.ts";
import {
  type ThermalBath,
  thermalBath,
  type ThermalBathOptions,
} from "../../devices/thermal_bath.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

function context(clock: VirtualClock): DeviceContext {
  return { name: "bath", clock, signal: new AbortController().signal, report: () => {} };
}

function make(options?: ThermalBathOptions): { bath: ThermalBath; clock: VirtualClock } {
  const clock = new VirtualClock({ automatic: false });
  const bath = thermalBath(options).open(context(clock)) as ThermalBath;
  return { bath, clock };
}

const QUIET: ThermalBathOptions = { noise: 0, resolution: 0 };

Deno.test("thermalBath() is a definition that needs no permission and whose simulation is itself", () => {
  const definition = thermalBath();
  assert.equal(definition.kind, "thermal bath");
  assert.equal(definition.permissions, undefined);
  assert.equal(definition.simulate, definition.open);
});

Deno.test("thermalBath() has the same temperature when it is read often or once", async () => {
  const steps = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 12 });
  await fc.assert(fc.asyncProperty(steps, async (lengths) => {
    const often = make(QUIET);
    const once = make(QUIET);
    often.bath.setSetpoint(70);
    once.bath.setSetpoint(70);
    for (const length of lengths) {
      await often.clock.advance(length);
      often.bath.temperature();
      often.bath.power();
      often.bath.settled(0.1);
    }
    await once.clock.advance(lengths.reduce((sum, length) => sum + length, 0));
    assert.equal(often.bath.temperature(), once.bath.temperature());
  }));
});

Deno.test("thermalBath() gives the same readings when the seed is the same, others when not", async () => {
  const readings = async (seed: number): Promise<number[]> => {
    const { bath, clock } = make({ seed, resolution: 0 });
    bath.setSetpoint(40);
    const values: number[] = [];
    for (let i = 0; i < 20; i++) {
      await clock.advance(10_000);
      values.push(bath.temperature());
    }
    return values;
  };
  assert.deepEqual(await readings(5), await readings(5));
  assert.notDeepEqual(await readings(5), await readings(6));
});

Deno.test("thermalBath() draws the noise a reading, of the standard deviation asked for", () => {
  const { bath } = make({ noise: 0.5, resolution: 0, initial: 20 });
  const values = Array.from({ length: 5_000 }, () => bath.temperature() - 20);
  assert.ok(new Set(values).size > 4_900);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  assert.ok(Math.abs(deviation - 0.5) < 0.025, `${deviation}`);
});

Deno.test("temperature() shows the sensor's steps when it has a resolution", async () => {
  const { bath, clock } = make({ resolution: 0.05 });
  bath.setSetpoint(45);
  for (let i = 0; i < 50; i++) {
    await clock.advance(3_000);
    const text = String(bath.temperature());
    assert.match(text, /^\d+(\.\d[05]?)?$/);
  }
});

Deno.test("setSetpoint() heats until settled() when the heater can hold it", async () => {
  const { bath, clock } = make(QUIET);
  assert.equal(bath.setpoint(), 20);
  assert.equal(bath.settled(0.01), true);
  assert.equal(bath.power(), 0);
  bath.setSetpoint(60);
  assert.equal(bath.setpoint(), 60);
  assert.equal(bath.settled(0.01), false);
  assert.equal(bath.power(), 1000);
  await clock.advance(3_600_000);
  assert.equal(bath.settled(0.01), true);
  assert.ok(Math.abs(bath.power() - 400) < 0.01);
});

Deno.test("setSetpoint() goes on from the present temperature when it changes on the way", async () => {
  const { bath, clock } = make(QUIET);
  bath.setSetpoint(80);
  await clock.advance(60_000);
  const before = bath.temperature();
  bath.setSetpoint(30);
  assert.equal(bath.temperature(), before);
  assert.ok(before > 30);
  await clock.advance(60_000);
  assert.ok(bath.temperature() < before);
});

Deno.test("setSetpoint() refuses what is outside the limits, and changes nothing", () => {
  const { bath } = make({ min: 5, max: 90 });
  bath.setSetpoint(5);
  bath.setSetpoint(90);
  for (const value of [4.999, 90.001, NaN, Infinity, -Infinity]) {
    assert.throws(() => bath.setSetpoint(value), {
      name: "RangeError",
      message: new RegExp(`from 5 to 90 °C: ${value}\\.`),
    });
  }
  assert.equal(bath.setpoint(), 90);
});

Deno.test("safe() turns the heater off and lets the bath cool to ambient", async () => {
  const { bath, clock } = make({ ...QUIET, ambient: 18 });
  bath.setSetpoint(70);
  await clock.advance(600_000);
  const hot = bath.temperature();
  bath.safe();
  assert.equal(bath.power(), 0);
  assert.equal(bath.setpoint(), 18);
  assert.equal(bath.temperature(), hot);
  await clock.advance(300_000);
  assert.ok(Math.abs(bath.temperature() - (18 + (hot - 18) / Math.E)) < 1e-9);
  assert.equal(bath.power(), 0);
});

Deno.test("safe() leaves the heater off when the bath is colder than ambient", async () => {
  const { bath, clock } = make({ ...QUIET, initial: 5 });
  bath.safe();
  await clock.advance(1_000);
  assert.equal(bath.power(), 0);
});

Deno.test("settled() refuses a tolerance that nothing can meet", () => {
  const { bath } = make();
  for (const value of [0, -1, NaN]) assert.throws(() => bath.settled(value), RangeError);
});

Deno.test("[Symbol.dispose]() makes it safe and ends its use, once or twice", () => {
  const { bath } = make();
  bath.setSetpoint(50);
  bath[Symbol.dispose]();
  bath[Symbol.dispose]();
  for (
    const use of [
      () => bath.temperature(),
      () => bath.power(),
      () => bath.setpoint(),
      () => bath.setSetpoint(30),
      () => bath.settled(1),
    ]
  ) assert.throws(use, { name: "TypeError", message: /closed/ });
});

Deno.test("thermalBath() refuses properties that no bath has", () => {
  const wrong: ThermalBathOptions[] = [
    { initial: NaN },
    { ambient: Infinity },
    { timeConstant: "0s" },
    { maxPower: 0 },
    { loss: -1 },
    { band: 0 },
    { noise: -0.1 },
    { resolution: -1 },
    { seed: NaN },
    { min: 50, max: 40 },
  ];
  for (const options of wrong) {
    assert.throws(() => thermalBath(options), RangeError, JSON.stringify(options));
  }
});
