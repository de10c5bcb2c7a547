import assert from "node:assert/strict";
import fc from "fast-check";
import type { Room } from "../../plots/ticks.ts";
import { momentText, timeTicks, utc, type ZoneOffset, zoneText } from "../../plots/time_ticks.ts";
import { zoneOffset } from "../../plots/zone.ts";

const always: Room = () => true;
const paris = zoneOffset("Europe/Paris");
const beirut = zoneOffset("Asia/Beirut");
const kathmandu = zoneOffset("Asia/Kathmandu");

/** A moment in UTC, Unix seconds. */
function at(text: string): number {
  return Date.parse(`${text}Z`) / 1000;
}

/** The ticks between two moments of UTC, as one text: a context stands in brackets. */
function shown(from: string, to: string, most: number, offset: ZoneOffset = utc): string {
  return timeTicks([at(from), at(to)], most, offset, always).major
    .map(({ label, context }) => context === undefined ? label : `${label} [${context}]`).join(
      ", ",
    );
}

Deno.test("timeTicks() labels what a person would", () => {
  const cases: [string, string, number, ZoneOffset, string][] = [
    [
      "2026-11-26T09:12:00",
      "2026-11-26T12:12:00",
      6,
      utc,
      "09:30 [Thu 26 Nov 2026], 10:00, 10:30, 11:00, 11:30, 12:00",
    ],
    [
      "2026-11-26T22:00:00",
      "2026-11-27T02:00:00",
      4,
      utc,
      "22:00 [Thu 26 Nov 2026], 23:00, 00:00 [Fri 27 Nov 2026], 01:00, 02:00",
    ],
    [
      "2026-11-26T09:12:03",
      "2026-11-26T09:12:08",
      5,
      utc,
      "09:12:03 [Thu 26 Nov 2026], 09:12:04, 09:12:05, 09:12:06, 09:12:07, 09:12:08",
    ],
    [
      "2026-11-26T09:12:03.100",
      "2026-11-26T09:12:03.200",
      5,
      utc,
      "09:12:03.10 [Thu 26 Nov 2026], 09:12:03.12, 09:12:03.14, 09:12:03.16, 09:12:03.18, 09:12:03.20",
    ],
    // Month ends and a leap day.
    [
      "2028-02-27T12:00:00",
      "2028-03-02T12:00:00",
      5,
      utc,
      "Mon 28 [Feb 2028], Tue 29, Wed 1 [Mar 2028], Thu 2",
    ],
    [
      "2026-12-20T00:00:00",
      "2027-01-20T00:00:00",
      5,
      utc,
      "21 Dec [2026], 28 Dec, 4 Jan [2027], 11 Jan, 18 Jan",
    ],
    ["2026-10-15T00:00:00", "2027-03-15T00:00:00", 6, utc, "Nov [2026], Dec, Jan [2027], Feb, Mar"],
    ["2019-06-01T00:00:00", "2031-06-01T00:00:00", 7, utc, "2020, 2022, 2024, 2026, 2028, 2030"],
    // Clocks go forward: 02:00 to 03:00 is left out, and hours stay hours.
    [
      "2026-03-28T23:00:00",
      "2026-03-29T04:00:00",
      5,
      paris,
      "00:00 [Sun 29 Mar 2026], 01:00, 03:00 [UTC+2], 04:00, 05:00, 06:00",
    ],
    // Clocks go back: 02:00 comes twice.
    [
      "2026-10-24T22:00:00",
      "2026-10-25T03:00:00",
      5,
      paris,
      "00:00 [Sun 25 Oct 2026], 01:00, 02:00, 02:00 [UTC+1], 03:00, 04:00",
    ],
    [
      "2026-10-24T12:00:00",
      "2026-10-26T12:00:00",
      8,
      paris,
      "18:00 [Sat 24 Oct 2026], 00:00 [Sun 25 Oct 2026], 06:00 [UTC+1], 12:00, 18:00, 00:00 [Mon 26 Oct 2026], 06:00, 12:00",
    ],
    // Days of 23 and 25 hours begin at midnight all the same.
    [
      "2026-03-27T12:00:00",
      "2026-03-31T00:00:00",
      4,
      paris,
      "Sat 28 [Mar 2026], Sun 29, Mon 30, Tue 31",
    ],
    // A day without its first hour begins at one o'clock.
    ["2026-03-28T00:00:00", "2026-03-30T12:00:00", 2, beirut, "Sun 29 [Mar 2026], Mon 30"],
    // A zone off by three quarters of an hour.
    [
      "2026-01-01T00:00:00",
      "2026-01-01T02:00:00",
      4,
      kathmandu,
      "06:00 [Thu 1 Jan 2026], 06:30, 07:00, 07:30",
    ],
    [
      "1969-12-31T23:00:00",
      "1970-01-01T01:00:00",
      4,
      utc,
      "23:00 [Wed 31 Dec 1969], 23:30, 00:00 [Thu 1 Jan 1970], 00:30, 01:00",
    ],
  ];
  for (const [from, to, most, offset, expected] of cases) {
    assert.equal(shown(from, to, most, offset), expected, `${from} to ${to}`);
  }
});

Deno.test("timeTicks() stands at the moments that its labels say, across a change of clocks", () => {
  const { major } = timeTicks([at("2026-10-24T22:00"), at("2026-10-25T03:00")], 5, paris, always);
  assert.deepEqual(major.map(({ value }) => (value - at("2026-10-24T22:00")) / 3600), [
    0,
    1,
    2,
    3,
    4,
    5,
  ]);
  const days = timeTicks([at("2026-03-28T00:00"), at("2026-03-30T12:00")], 2, beirut, always);
  assert.equal(days.major[0]?.value, at("2026-03-28T22:00"));
});

Deno.test("timeTicks() ascends, is inside, covers the span and tells ticks apart when the span is any", () => {
  const zones = fc.constantFrom(utc, paris, beirut, kathmandu, zoneOffset("America/St_Johns"));
  const length = fc.double({ min: -4, max: 9.3, noNaN: true }).map((exponent) => 10 ** exponent);
  const start = fc.double({ min: 0, max: 4e9, noNaN: true });
  fc.assert(
    fc.property(start, length, fc.integer({ min: 2, max: 15 }), zones, (from, long, most, zone) => {
      const to = from + long;
      const { major, minor } = timeTicks([from, to], most, zone, always);
      assert.ok(major.length >= 1 && major.length <= most + 1, `${major.length} of ${most}`);
      const values = major.map(({ value }) => value);
      for (const [k, value] of values.entries()) {
        assert.ok(value >= from && value <= to);
        if (k > 0) assert.ok(value > (values[k - 1] ?? NaN));
      }
      for (const value of minor) {
        assert.ok(value >= from && value <= to && !values.includes(value));
      }
      // What is said since the last context and the label together are of one tick only.
      const seen = new Set<string>();
      let context = "";
      for (const tick of major) {
        context = tick.context ?? context;
        const said = `${context} ${tick.label}`;
        assert.ok(!seen.has(said), said);
        seen.add(said);
      }
      const step = Math.max(...values.slice(1).map((value, k) => value - (values[k] ?? 0)), 0);
      if (step > 0) {
        assert.ok(
          (values[0] ?? NaN) - from <= step * 1.3 && to - (values.at(-1) ?? NaN) <= step * 1.3,
        );
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("timeTicks() gives none when there is no span or no calendar", () => {
  for (const span of [[5, 5], [6, 5], [NaN, 5], [0, 1e14]] as const) {
    assert.deepEqual(timeTicks(span, 5, utc, always).major, []);
  }
});

Deno.test("zoneOffset() is that of the zone at the moment", () => {
  const cases: [ZoneOffset, string, number][] = [
    [paris, "2026-01-01T00:00", 3600],
    [paris, "2026-03-29T00:59:59.999", 3600],
    [paris, "2026-03-29T01:00", 7200],
    [paris, "2026-10-25T00:59:59", 7200],
    [paris, "2026-10-25T01:00", 3600],
    [kathmandu, "2026-01-01T00:00", 20_700],
    [zoneOffset("UTC"), "0001-01-01T00:00", 0],
    [zoneOffset("America/New_York"), "2026-07-01T00:00", -14_400],
  ];
  for (const [zone, moment, offset] of cases) assert.equal(zone(at(moment)), offset, moment);
  assert.throws(() => zoneOffset("Atlantis"), RangeError);
});

Deno.test("momentText() and zoneText() say moments in full", () => {
  const t = at("2026-11-26T14:05:09.2504");
  assert.equal(momentText(t, utc), "Thu 26 Nov 2026 14:05:09");
  assert.equal(momentText(t, paris, 0.01), "Thu 26 Nov 2026 15:05:09.25");
  assert.equal(momentText(t, utc, 1e-3), "Thu 26 Nov 2026 14:05:09.250");
  assert.equal(momentText(at("2026-12-31T23:59:59.9999"), utc), "Thu 31 Dec 2026 23:59:59");
  for (const [offset, text] of [[0, "UTC"], [3600, "UTC+1"], [-12_600, "UTC−3:30"]] as const) {
    assert.equal(zoneText(offset), text);
  }
});
