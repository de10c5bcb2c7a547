import assert from "node:assert/strict";
import fc from "fast-check";
import { Daily, timeOfDay, timeZoneNamed } from "../../time/daily.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

const micro = (text: string): number => Temporal.Instant.from(text).epochMilliseconds * 1e3;
const iso = (t: number): string => Temporal.Instant.fromEpochMilliseconds(t / 1e3).toString();

/** The moments that come in turn, as they are waited for. */
async function moments(
  time: string,
  zone: string,
  start: string,
  count: number,
  meanwhile: (clock: VirtualClock, n: number) => void = () => {},
): Promise<string[]> {
  const clock = new VirtualClock({ start: micro(start) });
  const daily = new Daily(timeOfDay(time), zone);
  const found: string[] = [];
  for (let n = 0; n < count; n++) {
    await daily.next(clock, new AbortController().signal);
    found.push(iso(clock.wall()));
    meanwhile(clock, n);
  }
  return found;
}

Deno.test("Daily keeps to the time of day across changes of the clocks", async () => {
  const rows: readonly (readonly [string, string, string, readonly string[]])[] = [
    // The clocks go forward on 29 March 2026 and back on 25 October 2026.
    ["08:00", "Europe/Berlin", "2026-03-27T08:00:00Z", [
      "2026-03-28T07:00:00Z",
      "2026-03-29T06:00:00Z",
      "2026-03-30T06:00:00Z",
    ]],
    ["08:00", "Europe/Berlin", "2026-10-24T05:00:00Z", [
      "2026-10-24T06:00:00Z",
      "2026-10-25T07:00:00Z",
    ]],
    // 02:30 is jumped over.
    ["02:30", "Europe/Berlin", "2026-03-28T00:00:00Z", [
      "2026-03-28T01:30:00Z",
      "2026-03-29T01:30:00Z",
      "2026-03-30T00:30:00Z",
    ]],
    // 02:30 comes twice.
    ["02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", [
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00Z",
    ]],
    ["00:00", "Asia/Kolkata", "2026-01-01T00:00:00Z", ["2026-01-01T18:30:00Z"]],
    // A day that the zone left out: Samoa had no 30 December 2011.
    ["08:00", "Pacific/Apia", "2011-12-29T17:00:00Z", [
      "2011-12-29T18:00:00Z",
      "2011-12-30T18:00:00Z",
    ]],
  ];
  for (const [time, zone, start, expected] of rows) {
    assert.deepEqual(
      await moments(time, zone, start, expected.length),
      expected,
      `${time} ${zone}`,
    );
  }
});

Deno.test("Daily comes once a day when the wall clock is set back, and on time when it is set forward", async () => {
  const back = await moments("08:00", "UTC", "2026-01-01T07:00:00Z", 2, (clock) => {
    clock.stepWall(-1_800_000);
  });
  assert.deepEqual(back, ["2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z"]);
  const clock = new VirtualClock({ start: micro("2026-01-01T00:00:00Z"), automatic: false });
  const waiting = new Daily(timeOfDay("08:00"), "UTC").next(clock, new AbortController().signal);
  await clock.advance(60_000);
  clock.stepWall(8 * 3_600_000);
  await clock.advance(60_000);
  await waiting;
});

Deno.test("Daily ends its wait when it is told to", async () => {
  const clock = new VirtualClock({ automatic: false });
  const controller = new AbortController();
  const waiting = new Daily(timeOfDay("08:00"), "UTC").next(clock, controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  assert.equal(clock.waiting, 0);
});

Deno.test("Daily.after() gives a moment later on, at most two days away, at its time of day", () => {
  fc.assert(fc.property(
    fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }),
    fc.integer({ min: 0, max: 1439 }),
    fc.constantFrom("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe"),
    (ms, minute, zone) => {
      const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
      const at = new Daily(time, zone).after(ms * 1e3);
      assert.ok(at > ms * 1e3 && at <= (ms + 49 * 3_600_000) * 1e3);
      const shown = Temporal.Instant.fromEpochMilliseconds(at / 1e3).toZonedDateTimeISO(zone);
      const day = shown.toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: time });
      assert.equal(shown.epochMilliseconds, day.epochMilliseconds);
    },
  ));
});

Deno.test("timeOfDay() and timeZoneNamed() refuse what is none", () => {
  for (const text of ["8:00", "24:00", "08:60", "08:00:00", "8 am", ""]) {
    assert.throws(() => timeOfDay(text), { name: "SyntaxError", message: /such as "08:00"/ });
  }
  assert.throws(() => timeZoneNamed("Europe/Atlantis"), {
    name: "RangeError",
    message: /Atlantis/,
  });
  assert.equal(timeZoneNamed("Europe/Paris"), "Europe/Paris");
  assert.ok(timeZoneNamed().length > 0);
});
