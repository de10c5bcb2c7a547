import assert from "node:assert/strict";
import { CHARACTERS, drawable } from "../../pictures/characters.ts";
import { packedAssets } from "../../pictures/assets.ts";
import { Rasterizer } from "../../pictures/rasterizer.ts";
import { decodePng, type Pixels } from "./_png.ts";
import { fileOf, pictureOf, type Reference, REFERENCES } from "./_references.ts";

/** A colour that differs by less than this is the same to the eye. */
const SAME = 24;
/** The part of pixels that may differ: edges of lines fall otherwise on another processor. */
const TOLERATED = 5e-4;

/** The part of pixels whose colours differ to the eye. */
function difference(a: Pixels, b: Pixels): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  let different = 0;
  for (let at = 0; at < a.rgba.length; at += 4) {
    const channels = [0, 1, 2, 3].map((k) =>
      Math.abs((a.rgba[at + k] ?? 0) - (b.rgba[at + k] ?? 0))
    );
    if (Math.max(...channels) >= SAME) different += 1;
  }
  return different / (a.width * a.height);
}

async function kept(name: string): Promise<Pixels> {
  return decodePng(await Deno.readFile(fileOf(name)));
}

for (const reference of REFERENCES) {
  Deno.test(`the picture "${reference.name}" is the one that was looked at`, async () => {
    const now = decodePng(await pictureOf(reference));
    const part = difference(now, await kept(reference.name));
    assert.ok(part <= TOLERATED, `${(part * 100).toFixed(2)} % of the pixels differ`);
  });
}

Deno.test("the comparison of pictures notices a spike, a gap and a colour", async () => {
  const reference = REFERENCES[0] as Reference;
  const before = await kept(reference.name);
  const { figure } = reference;
  assert.equal(figure.kind, "time");
  const [bath, ...others] = figure.series;
  const run = bath?.data[0];
  assert.ok(bath !== undefined && run?.kind === "points");
  const flat = run.v.map((value, k) => k === 70 ? run.v[69] ?? value : value);
  const changes = [
    { ...figure, series: [{ ...bath, data: [{ ...run, v: flat }] }, ...others] },
    { ...figure, gaps: [] },
    { ...figure, series: [{ ...bath, color: 4 }, ...others] },
  ];
  for (const changed of changes) {
    const part = difference(before, decodePng(await pictureOf({ ...reference, figure: changed })));
    assert.ok(part > TOLERATED, `${part}`);
  }
});

async function rasterizer(): Promise<Rasterizer> {
  return await Rasterizer.load(await packedAssets());
}

function lettered(letter: string, weight = "normal"): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40" viewBox="0 0 60 40" ` +
    `font-family="Helvetica, sans-serif" font-weight="${weight}"><text x="5" y="30" font-size="24">` +
    `${letter}</text></svg>`;
}

Deno.test("the fonts have the letters of quantities and units, and those of many languages", async () => {
  const draws = await rasterizer();
  const inked = (letter: string): string => String(decodePng(draws.png(lettered(letter), 1)).rgba);
  const [nothing, unknown] = [inked(" "), inked("□")];
  const seen = new Map<string, string>();
  const letters = "µμΩ°ÅΔΣαβγλπφωℏ±×÷·−≤≥≈∞∂∇√∫²³⁻¹⁰⁴⁵⁹₀₁₂₉‰℃→…–—“”€£½⌀ÄÖÜäöüßéèçñøłşžĐЖяё";
  for (const letter of letters) {
    const pixels = inked(letter);
    assert.notEqual(pixels, nothing, `${letter} is drawn`);
    assert.notEqual(pixels, unknown, `${letter} is in the fonts`);
    const twin = seen.get(pixels);
    assert.ok(
      twin === undefined || `${twin}${letter}` === "µμ",
      `${letter} looks like ${twin}`,
    );
    seen.set(pixels, letter);
  }
});

Deno.test("the fonts have each character that drawable() lets through", async () => {
  const draws = await rasterizer();
  for (const weight of ["normal", "bold"]) {
    const inked = (letter: string): string =>
      String(decodePng(draws.png(lettered(letter, weight), 0.5)).rgba);
    const nothing = inked(" ");
    const ranges = CHARACTERS.join(",").split(",").map((range) =>
      range.split("-").map((code) => parseInt(code, 16))
    );
    const missing: string[] = [];
    for (const [from = NaN, to = from] of ranges) {
      for (let code = from; code <= to; code++) {
        const character = String.fromCodePoint(code);
        assert.equal(drawable(character), character);
        if (/\p{Z}|\p{Cf}|\p{Mark}/u.test(character)) continue;
        const escaped = character.replace("&", "&amp;").replace("<", "&lt;");
        if (inked(escaped) === nothing) missing.push(code.toString(16));
      }
    }
    assert.deepEqual(missing, [], weight);
  }
});

Deno.test("a character that the fonts lack is drawn as a box, and an accent they lack is not", async () => {
  assert.equal(drawable("温度 T (℃) 😀, שלום x\u0361y\u200d"), "□□ T (℃) □, □□□□ xy");
  const draws = await rasterizer();
  assert.deepEqual(draws.png(lettered("温"), 1), draws.png(lettered("□"), 1));
  const named = lettered("A").replace("<text", '<title>温</title><text data-series="温"');
  assert.deepEqual(draws.png(named, 1), draws.png(lettered("A"), 1));
});

Deno.test("bold letters are drawn bold", async () => {
  const draws = await rasterizer();
  const ink = (weight: string): number =>
    decodePng(draws.png(lettered("B", weight), 1)).rgba.filter((_, k) => k % 4 === 3)
      .reduce((sum, alpha) => sum + alpha, 0);
  assert.ok(ink("bold") > 1.2 * ink("normal"));
});

Deno.test("png() makes as many pixels as the scale says, and keeps no picture in memory", async () => {
  const draws = await rasterizer();
  for (const scale of [0.5, 1, 1.5, 3]) {
    const { width, height } = decodePng(draws.png(lettered("A"), scale));
    assert.deepEqual([width, height], [60 * scale, 40 * scale]);
  }
  const large = lettered("A").replace(/width="60" height="40"/, 'width="1500" height="1000"');
  const resident = (): number => Deno.memoryUsage().rss;
  for (let n = 0; n < 3; n++) draws.png(large, 1);
  const before = resident();
  for (let n = 0; n < 30; n++) draws.png(large, 1);
  // Thirty such pictures would be 180 MB.
  assert.ok(resident() - before < 60e6);
});

Deno.test("png() refuses what is no drawing", async () => {
  const draws = await rasterizer();
  assert.throws(() => draws.png("no drawing", 1), /SVG data parsing failed/);
});
