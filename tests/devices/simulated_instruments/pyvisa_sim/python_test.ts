import assert from "node:assert/strict";
import fc from "fast-check";
import { reprFloat } from "../../../../devices/simulated_instruments/pyvisa_sim/python/float_text.ts";
import {
  formatValue,
  parseFormatSpec,
} from "../../../../devices/simulated_instruments/pyvisa_sim/python/format_spec.ts";
import {
  FormatTemplate,
  ParseTemplate,
} from "../../../../devices/simulated_instruments/pyvisa_sim/python/template.ts";
import {
  float,
  int,
  type PythonValue,
  ValueError,
} from "../../../../devices/simulated_instruments/pyvisa_sim/python/value.ts";

const FORMATS: readonly (readonly [value: PythonValue, spec: string, text: string])[] = [
  [0.5, ".0f", "0"],
  [2.5, ".0f", "2"],
  [2.675, ".2f", "2.67"],
  [-0, "+.1f", "-0.0"],
  [1234.5, "+.8E", "+1.23450000E+03"],
  [1e23, ".15e", "9.999999999999999e+22"],
  [5e-324, "g", "4.94066e-324"],
  [100, "", "100.0"],
  [1e16, "", "1e+16"],
  [123456789, ".3", "1.23e+08"],
  [10, ".3", "10.0"],
  [0.1234, ".1%", "12.3%"],
  [NaN, "08.2f", "00000nan"],
  [-Infinity, "F", "-INF"],
  [1234567.891, ",.2f", "1,234,567.89"],
  [42n, "05d", "00042"],
  [-42n, "06d", "-00042"],
  [255n, "#x", "0xff"],
  [255n, "X", "FF"],
  [5n, "b", "101"],
  [65n, "c", "A"],
  [3n, ".2f", "3.00"],
  ["SIN", ">6s", "   SIN"],
  ["SIN", "*^7", "**SIN**"],
  ["SINE", ".2", "SI"],
];

Deno.test("formatValue() formats as Python does", () => {
  for (const [value, spec, text] of FORMATS) {
    assert.equal(formatValue(value, parseFormatSpec(spec)), text, `${value} by ${spec}`);
  }
});

Deno.test("formatValue() refuses a format of another type", () => {
  for (
    const [value, spec] of [["a", "d"], ["a", "+"], [1.5, "d"], [1n, "s"], [1n, ".2d"]] as const
  ) {
    assert.throws(() => formatValue(value, parseFormatSpec(spec)), ValueError, `${value} ${spec}`);
  }
  for (const spec of ["n", ".2q", "5001", "{}", "05,d"]) {
    assert.throws(() => parseFormatSpec(spec), SyntaxError, spec);
  }
});

Deno.test("reprFloat() reads back as the same number", () => {
  fc.assert(fc.property(fc.double(), (value) => Object.is(float(reprFloat(value)), value)));
});

Deno.test("int() and float() take what Python takes", () => {
  for (const [text, value] of [["7", 7n], [" +1_000 ", 1000n], ["-0", 0n]] as const) {
    assert.equal(int(text), value);
  }
  assert.equal(int(-3.9), -3n);
  for (const text of ["", "1.0", "0x1", "1__0", "a"]) assert.throws(() => int(text), ValueError);
  for (
    const [text, value] of [["1_0.5e1", 105], [".5", 0.5], ["5.", 5], ["-inf", -Infinity]] as const
  ) {
    assert.equal(float(text), value);
  }
  assert.ok(Number.isNaN(float("NaN")));
  for (const text of ["", ".", "1e", "0x1", "one"]) assert.throws(() => float(text), ValueError);
  assert.throws(() => int(Infinity), ValueError);
});

Deno.test("ParseTemplate reads back what FormatTemplate wrote", () => {
  const rows: readonly (readonly [spec: string, value: fc.Arbitrary<PythonValue>])[] = [
    ["{:d}", fc.bigInt()],
    ["{:x}", fc.bigInt()],
    ["{:#X}", fc.bigInt()],
    ["{:+d}", fc.bigInt()],
    ["{:.17g}", fc.double({ noDefaultInfinity: true, noNaN: true })],
    ["{:.17e}", fc.double({ noDefaultInfinity: true, noNaN: true })],
    ["{:s}", fc.string().filter((text) => !text.includes("\n"))],
    ["{}", fc.string().filter((text) => !text.includes("\n"))],
  ];
  for (const [spec, value] of rows) {
    const written = new FormatTemplate(`SET.{ch_id} {{${spec}}}`);
    const read = new ParseTemplate(`SET.{ch_id:s} {{${spec}}}`);
    fc.assert(fc.property(value, fc.nat(99), (one, channel) => {
      const parsed = read.parse(written.format(one, String(channel)));
      assert.ok(parsed !== undefined);
      assert.ok(Object.is(parsed.value, one) || parsed.value === one, `${String(one)} by ${spec}`);
      assert.equal(parsed.channel, String(channel));
    }));
  }
  assert.equal(new ParseTemplate("V {:d}").parse("V x"), undefined);
  assert.equal(new ParseTemplate("V {:+d}").parse("V 1"), undefined, "its sign must be there");
  assert.equal(new ParseTemplate("V {:f}").parse("W 1"), undefined);
});
