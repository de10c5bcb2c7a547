import fc from "fast-check";
import assert from "node:assert/strict";
import { controlled, cooling, type ThermalModel } from "../../../devices/thermal_bath/course.ts";

const BATH: ThermalModel = { ambient: 20, timeConstant: 300, loss: 10, maxPower: 1000, band: 2 };

const models: fc.Arbitrary<ThermalModel> = fc.record({
  ambient: fc.double({ min: -20, max: 40, noNaN: true }),
  timeConstant: fc.double({ min: 1, max: 1e4, noNaN: true }),
  loss: fc.double({ min: 0.5, max: 50, noNaN: true }),
  maxPower: fc.double({ min: 10, max: 5e3, noNaN: true }),
  band: fc.double({ min: 0.1, max: 20, noNaN: true }),
});
const degrees = fc.double({ min: -50, max: 200, noNaN: true });
const fraction = fc.double({ min: 0, max: 8, noNaN: true });

Deno.test("cooling() comes closer to ambient by a factor e when a time constant has passed", () => {
  const course = cooling(BATH, 120);
  assert.equal(course.temperature(0), 120);
  assert.ok(Math.abs(course.temperature(300) - (20 + 100 / Math.E)) < 1e-12);
  assert.equal(course.power(10), 0);
});

Deno.test("controlled() heats at full power below the band and holds the setpoint with the loss", () => {
  const course = controlled(BATH, 20, 60);
  // Full power leads to 120 °C; the band is left of 60 °C by (1000 - 400) / 500.
  const reached = -300 * Math.log((120 - 58.8) / 100);
  assert.equal(course.power(0), 1000);
  assert.ok(Math.abs(course.temperature(100) - (120 - 100 * Math.exp(-1 / 3))) < 1e-9);
  assert.ok(Math.abs(course.temperature(reached) - 58.8) < 1e-9);
  assert.ok(Math.abs(course.temperature(1e5) - 60) < 1e-9);
  assert.ok(Math.abs(course.power(1e5) - 400) < 1e-6);
});

Deno.test("controlled() comes to the setpoint with the controller's time constant in the band", () => {
  const course = controlled(BATH, 59.5, 60);
  // 10 W/K of loss and 1000 W over 2 K act together.
  const timeConstant = 300 * 10 / 510;
  assert.ok(Math.abs(course.temperature(timeConstant) - (60 - 0.5 / Math.E)) < 1e-12);
  assert.ok(Math.abs(course.power(0) - (400 + 250)) < 1e-9);
});

Deno.test("controlled() obeys the balance of heat at every moment", () => {
  fc.assert(fc.property(models, degrees, degrees, fraction, (model, from, setpoint, at) => {
    const course = controlled(model, from, setpoint);
    const capacity = model.loss * model.timeConstant;
    const gain = model.maxPower / model.band;
    const fastest = capacity / (model.loss + gain);
    const time = at * model.timeConstant;
    const step = fastest * 1e-3;
    const stored = capacity * (course.temperature(time + step) - course.temperature(time));
    const losses = (t: number) => model.loss * (course.temperature(t) - model.ambient);
    // Trapezoidal: exact to the second order, also across the moment at which the controller changes.
    const flow = (t: number) => course.power(t) - losses(t);
    const supplied = step * (flow(time) + flow(time + step)) / 2;
    const scale = model.maxPower + model.loss * 250;
    assert.ok(Math.abs(stored - supplied) <= scale * step * 1e-3, `${stored} ${supplied}`);
  }));
});

Deno.test("controlled() goes on the same way when it begins anew from where it is", () => {
  fc.assert(
    fc.property(
      models,
      degrees,
      degrees,
      fraction,
      fraction,
      (model, from, setpoint, first, second) => {
        const [a, b] = [first * model.timeConstant, second * model.timeConstant];
        const whole = controlled(model, from, setpoint);
        const rest = controlled(model, whole.temperature(a), setpoint);
        assert.ok(Math.abs(whole.temperature(a + b) - rest.temperature(b)) < 1e-8);
      },
    ),
  );
});

Deno.test("controlled() converges to the setpoint when the heater can hold it, else to its limit", () => {
  fc.assert(fc.property(models, degrees, degrees, (model, from, setpoint) => {
    const course = controlled(model, from, setpoint);
    const limit = model.ambient + model.maxPower / model.loss;
    const expected = Math.min(Math.max(setpoint, model.ambient), limit);
    const end = course.temperature(60 * model.timeConstant);
    assert.ok(Math.abs(end - expected) < 1e-3, `${end} for ${expected}`);
  }));
});

Deno.test("controlled() never overshoots and never turns back", () => {
  fc.assert(
    fc.property(models, degrees, degrees, fraction, fraction, (model, from, setpoint, a, b) => {
      const course = controlled(model, from, setpoint);
      const limit = model.ambient + model.maxPower / model.loss;
      const end = Math.min(Math.max(setpoint, model.ambient), limit);
      const [early, late] = [Math.min(a, b), Math.max(a, b)];
      const left = Math.abs(course.temperature(early * model.timeConstant) - end);
      const rest = Math.abs(course.temperature(late * model.timeConstant) - end);
      assert.ok(rest <= left + 1e-9);
    }),
  );
});
