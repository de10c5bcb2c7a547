import assert from "node:assert/strict";
import { Spark, SPARK_BUCKETS } from "../../../fresh-ui/islands/spark.ts";

/** The x coordinates of a path. */
function xs(path: string): number[] {
  return [...path.matchAll(/([\d.]+),/g)].map(([, x]) => Number(x));
}

Deno.test("Spark keeps its window and lets go of what is older", () => {
  const spark = new Spark(60);
  for (let t = 0; t < 600; t++) spark.add(t, t);
  const { band, mean } = spark.paths(599, 120, 32);
  assert.equal(xs(mean).length, SPARK_BUCKETS);
  assert.equal(xs(band).length, 2 * SPARK_BUCKETS);
  assert.match(mean, /^M1\.0,32\.0L/);
  assert.match(mean, /L119\.0,0\.0$/);
});

Deno.test("Spark shows a spike among many values, and leaves out what is no number", () => {
  const spark = new Spark(60);
  for (let i = 0; i < 6_000; i++) spark.add(i / 100, i === 3_000 ? 10 : 1);
  spark.add(30, NaN);
  spark.add(30, Infinity);
  const { band } = spark.paths(59.9, 120, 32);
  assert.ok(band.includes(",0.0"), "the spike reaches the top");
});

Deno.test("Spark moves on though nothing comes, and is empty once all is old", () => {
  const spark = new Spark(60);
  spark.add(10, 1);
  spark.add(20, 2);
  assert.deepEqual(xs(spark.paths(59, 120, 32).mean), [21, 41]);
  assert.equal(spark.paths(200, 120, 32).mean, "");
});

Deno.test("Spark takes what the server knows as buckets or points", () => {
  const one = new Spark(60);
  one.fill({ kind: "points", t: Float64Array.of(1, 2), values: Float64Array.of(5, 6) });
  const other = new Spark(60);
  other.fill({
    kind: "buckets",
    from: 0,
    width: 1,
    index: Uint32Array.of(1, 2),
    min: Float64Array.of(5, 6),
    max: Float64Array.of(5, 6),
    mean: Float64Array.of(5, 6),
  });
  assert.deepEqual(one.paths(59, 120, 32), other.paths(59, 120, 32));
});
