import assert from "node:assert/strict";
import fc from "fast-check";
import { fitText, textWidth } from "../../plots/text_width.ts";

const FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

/** Advance widths of a TrueType font: its tables `cmap` (format 4), `hhea`, `hmtx` and `head`. */
function advances(bytes: Uint8Array<ArrayBuffer>): (code: number) => number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const tables = new Map<string, number>();
  for (let k = 0; k < view.getUint16(4); k++) {
    const at = 12 + k * 16;
    tables.set(new TextDecoder().decode(bytes.subarray(at, at + 4)), view.getUint32(at + 8));
  }
  const table = (name: string) => tables.get(name) ?? 0;
  const perEm = view.getUint16(table("head") + 18);
  const long = view.getUint16(table("hhea") + 34);
  let map = 0;
  for (let k = 0; k < view.getUint16(table("cmap") + 2); k++) {
    const at = table("cmap") + 4 + k * 8;
    if (view.getUint16(at) === 3 && view.getUint16(at + 2) === 1) {
      map = table("cmap") + view.getUint32(at + 4);
    }
  }
  const twice = view.getUint16(map + 6);
  return (code) => {
    for (let k = 0; k < twice; k += 2) {
      if (code > view.getUint16(map + 14 + k)) continue;
      const start = view.getUint16(map + 16 + twice + k);
      if (code < start) return null;
      const delta = view.getUint16(map + 16 + twice * 2 + k);
      const offsetAt = map + 16 + twice * 3 + k;
      const offset = view.getUint16(offsetAt);
      const glyph = offset === 0
        ? code + delta & 0xffff
        : view.getUint16(offsetAt + offset + (code - start) * 2) + delta & 0xffff;
      const entry = table("hmtx") + Math.min(glyph, long - 1) * 4;
      return glyph === 0 ? null : view.getUint16(entry) / perEm;
    }
    return null;
  };
}

function fontBytes(): Uint8Array<ArrayBuffer> | null {
  try {
    return Deno.readFileSync(FONT);
  } catch {
    return null;
  }
}

const bytes = fontBytes();

Deno.test({
  name:
    "textWidth() is DejaVu Sans's own width of what plots write, and not less for other letters",
  ignore: bytes === null,
  fn() {
    if (bytes === null) return;
    const advance = advances(bytes);
    const exact =
      " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz" +
      "{|}~°µ·×±²³¹ÄÖÜßéèçñÅΩαβγδεθλμπρστφχψω−⁰⁴⁵⁶⁷⁸⁹⁻₀₁₂√∞≤≥…–—‰℃∂→";
    for (const character of exact) {
      const own = advance(character.codePointAt(0) ?? 0) ?? NaN;
      assert.ok(Math.abs(textWidth(character, 1) - own) < 0.001, `${character}: ${own}`);
    }
    // Extended Latin and Cyrillic, which names of samples may hold.
    let wider = 0;
    for (let code = 0x100; code < 0x460; code++) {
      const own = advance(code);
      if (own !== null && own > textWidth(String.fromCodePoint(code), 1) + 0.001) wider++;
    }
    assert.ok(wider < 0x360 * 0.2, `${wider} are wider`);
  },
});

Deno.test("textWidth() grows with the size and with the text", () => {
  const word = fc.string({ unit: "grapheme" });
  fc.assert(fc.property(word, word, (a, b) => {
    const sum = textWidth(a, 12) + textWidth(b, 12);
    assert.ok(Math.abs(textWidth(a + b, 12) - sum) < 1e-6);
    assert.ok(Math.abs(textWidth(a, 24) - 2 * textWidth(a, 12)) < 1e-6);
    assert.ok(textWidth(a, 12, true) >= textWidth(a, 12));
  }));
});

Deno.test("fitText() is the text, or as much of its beginning as fits with an ellipsis", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.double({ min: 0, max: 200, noNaN: true }),
      (text, most) => {
        const fitted = fitText(text, 12, most);
        assert.ok(textWidth(fitted, 12) <= most || fitted === text);
        if (fitted !== text && fitted !== "") {
          assert.ok(fitted.endsWith("…") && text.startsWith(fitted.slice(0, -1)));
        }
      },
    ),
  );
  assert.equal(fitText("Lost bath: no answer", 10, 70), "Lost bath: n…");
  assert.equal(fitText("wide", 10, 3), "");
});
