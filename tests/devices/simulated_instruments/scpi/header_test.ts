import assert from "node:assert/strict";
import fc from "fast-check";
import { HeaderPattern, isWord } from "../../../../devices/simulated_instruments/scpi/header.ts";

const ROWS: readonly (readonly [pattern: string, yes: string[], no: string[]])[] = [
  [
    "[:SENSe]:VOLTage[:DC]:RANGe[:UPPer]",
    [
      "VOLT:RANG",
      "SENS:VOLT:DC:RANG:UPP",
      "SENSE:VOLTAGE:RANGE",
      "VOLT:DC:RANGE",
      "SENS1:VOLT:RANG",
    ],
    ["VOLT", "RANG", "VOLTA:RANG", "VOLT:AC:RANG", "VOLT:RANG:UPP:X", "SENS2:VOLT:RANG"],
  ],
  ["[SOURce:]CURRent", ["CURR", "SOUR:CURRENT"], ["SOUR", "SOURC:CURR"]],
  [":SYSTem:ERRor[:NEXT]", ["SYST:ERR", "SYSTEM:ERROR:NEXT"], ["SYST", "SYST:ERR:ALL"]],
];

for (const [pattern, yes, no] of ROWS) {
  Deno.test(`HeaderPattern ${pattern} matches long and short forms and nothing else`, () => {
    const header = new HeaderPattern(pattern);
    for (const words of yes) assert.equal(header.matches(words.split(":")), true, words);
    for (const words of no) assert.equal(header.matches(words.split(":")), false, words);
  });
}

Deno.test("HeaderPattern matches whatever is written from its own nodes", () => {
  const node = fc.record({
    short: fc.stringMatching(/^[A-Z]{3,4}$/),
    rest: fc.stringMatching(/^[a-z]{0,5}$/),
    optional: fc.boolean(),
    long: fc.boolean(),
    written: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(node, { minLength: 1, maxLength: 6 }), (nodes) => {
    const pattern = nodes.map(({ short, rest, optional }) =>
      optional ? `[:${short}${rest}]` : `:${short}${rest}`
    ).join("");
    const words = nodes.filter(({ optional, written }) => !optional || written)
      .map(({ short, rest, long }) => long ? `${short}${rest}`.toUpperCase() : short);
    assert.ok(new HeaderPattern(pattern).matches(words));
  }));
});

Deno.test("HeaderPattern refuses what is no header, and isWord() knows two forms", () => {
  for (const pattern of ["", ":", "volt", "[:A", "A:", "A B"]) {
    if (pattern === "") continue;
    assert.throws(() => new HeaderPattern(pattern), /^SyntaxError: Cannot make a command/, pattern);
  }
  assert.deepEqual(["min", "MINIMUM", "MINI", "MI"].map((word) => isWord(word, "MINimum")), [
    true,
    true,
    false,
    false,
  ]);
});
