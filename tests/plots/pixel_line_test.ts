import assert from "node:assert/strict";
import fc from "fast-check";
import { PixelLine, type PixelLineOptions } from "../../plots/pixel_line.ts";

const box = { x: 50, y: 20, width: 100, height: 80 };

type Point = readonly [x: number, y: number];

/** The lines that come of points; null lifts the pen. */
function reduce(
  points: readonly (Point | null)[],
  options: Partial<PixelLineOptions> = {},
): { lines: Point[][]; alone: Point[] } {
  const line = new PixelLine({ box, by: "columns", ...options });
  for (const point of points) {
    if (point === null) line.lift();
    else line.to(...point);
  }
  const { line: flat, alone } = line.end();
  const lines: Point[][] = [[]];
  for (let k = 0; k < flat.length; k += 2) {
    if (Number.isNaN(flat[k])) lines.push([]);
    else lines.at(-1)?.push([flat[k] ?? NaN, flat[k + 1] ?? NaN]);
  }
  const dots: Point[] = [];
  for (let k = 0; k < alone.length; k += 2) dots.push([alone[k] ?? NaN, alone[k + 1] ?? NaN]);
  return { lines: lines.filter((one) => one.length > 0), alone: dots };
}

/** Points from left to right inside the box, many in each column. */
const dense = fc.array(
  fc.tuple(
    fc.double({ min: 50, max: 150, noNaN: true }),
    fc.double({ min: 20, max: 100, noNaN: true }),
  ),
  { minLength: 2, maxLength: 2000 },
).map((points) => points.toSorted(([a], [b]) => a - b));

Deno.test("PixelLine keeps the first, least, greatest and last of each column when it reduces", () => {
  fc.assert(fc.property(dense, fc.constantFrom(1, 2), (points, resolution) => {
    const { lines: [kept = []] } = reduce(points, { resolution });
    const byColumn = (all: readonly Point[]) =>
      Map.groupBy(all, ([x]) => Math.floor(x * resolution));
    const [before, after] = [byColumn(points), byColumn(kept)];
    for (const [column, all] of before) {
      const some = after.get(column) ?? [];
      const [ys, keptYs] = [all.map(([, y]) => y), some.map(([, y]) => y)];
      assert.equal(Math.min(...keptYs), Math.min(...ys));
      assert.equal(Math.max(...keptYs), Math.max(...ys));
      assert.deepEqual(some[0], all[0]);
      assert.deepEqual(some.at(-1), all.at(-1));
      assert.ok(some.length <= 4);
    }
    assert.deepEqual([...after.keys()], [...before.keys()], "no column is lost, none is added");
  }));
});

Deno.test("PixelLine keeps one spike when there are a million points around it", () => {
  const spike = 617_283;
  const line = new PixelLine({ box, by: "columns" });
  for (let k = 0; k < 1e6; k++) line.to(50 + k / 1e4, k === spike ? 21 : 60 + (k % 7) / 10);
  const { line: kept } = line.end();
  assert.ok(kept.length / 2 <= 4 * 101);
  let found = -1;
  for (let k = 0; k < kept.length; k += 2) if (kept[k + 1] === 21) found = kept[k] ?? NaN;
  assert.ok(Math.abs(found - (50 + spike / 1e4)) <= 0.5);
});

Deno.test("PixelLine keeps each interruption, however many points are in a column", () => {
  const point = fc.tuple(fc.constant(60.5), fc.double({ min: 20, max: 100, noNaN: true }));
  const broken = fc.oneof({ weight: 5, arbitrary: point }, {
    weight: 1,
    arbitrary: fc.constant(null),
  });
  fc.assert(fc.property(fc.array(broken, { maxLength: 200 }), (points) => {
    const pieces: Point[][] = [[]];
    for (const one of points) {
      if (one === null) pieces.push([]);
      else pieces.at(-1)?.push(one);
    }
    const distinct = (piece: Point[]) => new Set(piece.map(([, y]) => y)).size;
    const { lines, alone } = reduce(points);
    assert.equal(lines.length, pieces.filter((piece) => distinct(piece) > 1).length);
    assert.equal(alone.length, pieces.filter((piece) => distinct(piece) === 1).length);
  }));
});

Deno.test("PixelLine is interrupted by what is not finite, and shows what stands alone", () => {
  const { lines, alone } = reduce([[60, 30], [70, 40], [80, NaN], [90, 50], [NaN, 50], [
    99,
    Infinity,
  ], [
    100,
    60,
  ], [110, 70]]);
  assert.deepEqual(lines, [[[60, 30], [70, 40]], [[100, 60], [110, 70]]]);
  assert.deepEqual(alone, [[90, 50]]);
});

Deno.test("PixelLine cuts what is far outside without moving what is inside", () => {
  const far = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(fc.property(fc.array(fc.tuple(far, far), { minLength: 2, maxLength: 30 }), (points) => {
    for (const by of ["columns", "distance"] as const) {
      for (const line of reduce(points, { by }).lines) {
        for (const [x, y] of line) {
          assert.ok(x >= -15 && x <= 215 && y >= -45 && y <= 165, `${x}, ${y}`);
        }
      }
    }
  }));
  const { lines: [through = []] } = reduce([[-1e6 + 100, -1e6 + 60], [1e6 + 100, 1e6 + 60]]);
  for (const [x, y] of through) assert.ok(Math.abs(x - 100 - (y - 60)) < 1e-6, `${x}, ${y}`);
  assert.equal(through.length, 2);
  assert.deepEqual(reduce([[-1e6, 0], [-1e5, 50]]).lines, []);
});

Deno.test("PixelLine strays less than half a pixel when it goes by distance", () => {
  const small = fc.double({ min: -0.3, max: 0.3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(small, small), { minLength: 2, maxLength: 500 }), (steps) => {
      let [x, y] = [100, 60];
      const points = steps.map(([dx, dy]): Point => [x += dx, y += dy]);
      const { lines, alone } = reduce(points, { by: "distance" });
      const kept = [...lines.flat(), ...alone];
      for (const [px, py] of points) {
        assert.ok(kept.some(([kx, ky]) => Math.abs(kx - px) <= 0.5 && Math.abs(ky - py) <= 0.5));
      }
      assert.deepEqual(kept.at(-1), points.at(-1));
    }),
  );
});
