import assert from "node:assert/strict";
import fc from "fast-check";
import { draw } from "../../plots/draw.ts";
import { layOut } from "../../plots/layout.ts";
import { toSvg } from "../../plots/svg.ts";
import { axesOf, linesOf, points, scaleOf, timeFigure } from "./_figures.ts";

const size = { width: 640, height: 300 };

Deno.test("toSvg() draws each point within half a pixel of its value when read back", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(fc.property(fc.array(value, { minLength: 2, maxLength: 60 }), (values) => {
    const t = values.map((_, k) => 1.7e9 + k * 10);
    const svg = toSvg(draw(layOut(timeFigure({ a: points(t, values) }), size)));
    const axes = axesOf(svg);
    const [across, up] = [scaleOf(axes, "x"), scaleOf(axes, "left")];
    const found = linesOf(svg, "a");
    assert.equal(found.length, 1);
    const read = (found[0] ?? []).map(([x, y]) => [across.toValue(x), up.toValue(y)] as const);
    const halfT = Math.abs(across.toValue(0.5) - across.toValue(0));
    const halfV = Math.abs(up.toValue(0.5) - up.toValue(0));
    assert.equal(read.length, values.length);
    for (const [k, [at, v]] of read.entries()) {
      assert.ok(Math.abs(at - (t[k] ?? NaN)) <= halfT, `${at} is ${t[k]}`);
      assert.ok(Math.abs(v - (values[k] ?? NaN)) <= halfV, `${v} is ${values[k]}`);
    }
  }));
});

Deno.test("toSvg() keeps to XML when names and labels hold markup and control characters", () => {
  const nasty = `<img src=x onerror="alert(1)">&amp;\u0000\u0008\ud800]]>`;
  const figure = timeFigure({
    [nasty]: { label: nasty, unit: nasty, data: [points([0, 1], [1, 2])] },
  }, {
    definition: { kind: "time", title: nasty, left: [nasty] },
    marks: [{ t: 0.5, level: "error", label: nasty }],
  });
  const svg = toSvg(draw(layOut(figure, { ...size, legend: true })), { id: `a"b` });
  assert.ok(!svg.includes("<img"));
  // deno-lint-ignore no-control-regex -- what must not be there
  assert.doesNotMatch(svg, /[\u0000-\u0008\ud800]/);
  assert.doesNotMatch(svg.replace(/&(?:lt|gt|quot|amp);/g, ""), /&/);
  assert.equal(linesOf(svg, `<img src=x onerror="alert(1)">&amp;\ufffd\ufffd\ufffd]]>`).length, 1);
  const open = [...svg.matchAll(/<(\w+)[^>]*[^/]>/g)].length;
  assert.equal([...svg.matchAll(/<\/\w+>/g)].length, open);
});

Deno.test("toSvg() names and describes the drawing when a screen reader asks", () => {
  const figure = timeFigure({ bath: points([0, 60], [20, 21]) }, { gaps: [{ from: 10, to: 20 }] });
  const svg = toSvg(draw(layOut(figure, size)), { id: "p1" });
  assert.match(svg, /role="img" aria-labelledby="p1-title p1-desc"/);
  assert.match(svg, /<title id="p1-title">bath<\/title>/);
  assert.match(
    svg,
    /<desc id="p1-desc">bath from Thu 1 Jan 1970 00:00:00 to Thu 1 Jan 1970 00:01:00\. bath from 19\.\d+ to 21\.\d+\. Gaps: 1\.<\/desc>/,
  );
  assert.doesNotMatch(svg, /(?:href|src|url\((?!#p1-clip0\)))/);
});

Deno.test("toSvg() writes the same text as ever for a small figure", () => {
  const figure = timeFigure({
    bath: {
      label: "Bath",
      unit: "°C",
      data: [points([0, 60, 120, 240, 300], [20, 22, 21, 25, 24])],
    },
    heater: { unit: "W", axis: "right", data: [points([0, 150, 300], [0, 50, NaN])] },
  }, {
    definition: { kind: "time", title: "Warming", left: ["bath"], right: ["heater"] },
    gaps: [{ from: 130, to: 230 }],
    marks: [{ t: 60, level: "warning", label: "Lid open" }],
  });
  const svg = toSvg(draw(layOut(figure, { width: 320, height: 180, lastValues: true })));
  const file = new URL("../fixtures/plots/small.svg", import.meta.url);
  // What is drawn otherwise on purpose is looked at, and the file written anew.
  assert.equal(svg, Deno.readTextFileSync(file));
});
