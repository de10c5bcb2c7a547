import assert from "node:assert/strict";
import { opaquePng } from "../../pictures/png.ts";
import { decodePng } from "./_png.ts";

/** Pixels of no order, none of which can be seen through. */
function noise(width: number, height: number): Uint8Array<ArrayBuffer> {
  const pixels = crypto.getRandomValues(new Uint8Array(width * height * 4));
  for (let n = 3; n < pixels.length; n += 4) pixels[n] = 255;
  return pixels;
}

Deno.test("opaquePng() keeps every pixel, and another decoder takes its checksums for right", async () => {
  for (const [width, height] of [[1, 1], [7, 3], [100, 61]] as const) {
    const pixels = noise(width, height);
    const png = opaquePng(pixels, width);
    assert.ok(png !== undefined);
    const read = decodePng(png);
    assert.deepEqual([read.width, read.height], [width, height]);
    assert.deepEqual([...read.rgba], [...pixels]);
    const image = await createImageBitmap(new Blob([png], { type: "image/png" }));
    assert.deepEqual([image.width, image.height], [width, height]);
    image.close();
  }
});

Deno.test("opaquePng() leaves what can be seen through to others", () => {
  const pixels = noise(5, 4);
  pixels[4 * 13 + 3] = 254;
  assert.equal(opaquePng(pixels, 5), undefined);
});
