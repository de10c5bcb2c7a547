import assert from "node:assert/strict";
import { ScpiError } from "../../../../devices/simulated_instruments/scpi/error.ts";
import { ScpiParameters } from "../../../../devices/simulated_instruments/scpi/parameters.ts";
import {
  parseProgramMessage,
  type ProgramUnit,
} from "../../../../devices/simulated_instruments/scpi/program_message.ts";

const unit = (header: string, query: boolean, ...parameters: string[]): ProgramUnit => ({
  header,
  query,
  parameters,
});

const ROWS: readonly (readonly [message: string, units: ProgramUnit[]])[] = [
  ["*IDN?", [unit("*IDN", true)]],
  [" volt 1 ; curr\t2,MAX;", [unit("VOLT", false, "1"), unit("CURR", false, "2", "MAX")]],
  [":A:B? (@1,2),'x;,''y'", [unit(":A:B", true, "(@1,2)", "'x;,''y'")]],
  ["D #15a;,\n \n;E", [unit("D", false, "#15a;,\n "), unit("E", false)]],
  ["D 1,,2", [unit("D", false, "1", "", "2")]],
  ["", []],
  [";;", []],
];

for (const [message, units] of ROWS) {
  Deno.test(`parseProgramMessage() takes ${JSON.stringify(message)} apart`, () => {
    assert.deepEqual([...parseProgramMessage(message)], units);
  });
}

Deno.test("parseProgramMessage() refuses what is no message", () => {
  const rows: readonly (readonly [message: string, code: number])[] = [
    ["1VOLT", -102],
    ["VOLT:", -102],
    ["VOLT?1", -102],
    ["*", -102],
    ["A 'open", -151],
    ["A #19abc", -161],
    ["A \x231", -161],
  ];
  for (const [message, code] of rows) {
    assert.throws(
      () => [...parseProgramMessage(message)],
      (error) => error instanceof ScpiError && error.code === code,
      message,
    );
  }
});

Deno.test("ScpiParameters takes numbers with words, units and limits", () => {
  const limits = { min: -10, max: 1e6, default: 5, unit: "V" };
  const rows: readonly (readonly [written: string[], value: number])[] = [
    [["1"], 1],
    [["-.5"], -0.5],
    [["+1.5E+3"], 1500],
    [["1 e -3"], 1e-3],
    [["250mV"], 0.25],
    [["2 kv"], 2000],
    [["0.5 MAV"], 5e5],
    [["min"], -10],
    [["MAXIMUM"], 1e6],
    [["DEF"], 5],
    [[], 5],
  ];
  for (const [written, value] of rows) {
    assert.equal(new ScpiParameters(written).number(limits), value, written.join());
  }
});

Deno.test("ScpiParameters refuses by SCPI's numbers", () => {
  const limits = { min: 0, max: 10, unit: "V" };
  const rows: readonly (readonly [string[], (p: ScpiParameters) => unknown, number])[] = [
    [["11"], (p) => p.number(limits), -222],
    [["1 A"], (p) => p.number(limits), -131],
    [["ON"], (p) => p.number(limits), -104],
    [["DEF"], (p) => p.number(limits), -104],
    [["#H1F"], (p) => p.number(limits), -104],
    [[], (p) => p.number(limits), -109],
    [[""], (p) => p.number(limits), -109],
    [["maybe"], (p) => p.boolean(), -104],
    [["X"], (p) => p.word(["BUS"]), -224],
    [["x"], (p) => p.string(), -104],
    [["x"], (p) => p.block(), -104],
    [["x"], (p) => p.end(), -108],
  ];
  for (const [written, take, code] of rows) {
    assert.throws(() => take(new ScpiParameters(written)), (error) => {
      assert.ok(error instanceof ScpiError);
      assert.equal(error.code, code, written.join());
      return true;
    });
  }
  const others = new ScpiParameters(["on", "0", "imm", "'a''", "#13xyz", "2.5"]);
  assert.deepEqual([others.boolean(), others.boolean(), others.word(["IMMediate"])], [
    true,
    false,
    "IMMediate",
  ]);
  assert.equal(others.string(), "a'");
  assert.deepEqual(others.block(), new Uint8Array([0x78, 0x79, 0x7a]));
  assert.equal(others.integer({ min: 0, max: 9 }), 3);
  others.end();
});
