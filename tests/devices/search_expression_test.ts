import assert from "node:assert/strict";
import fc from "fast-check";
import { compileSearchExpression } from "../../devices/search_expression.ts";

const NAMES = [
  "ASRL1::INSTR",
  "ASRL/dev/ttyUSB0::INSTR",
  "GPIB0::22::INSTR",
  "GPIB0::INTFC",
  "TCPIP0::10.0.0.5::hislip0::INSTR",
  "TCPIP0::10.0.0.5::5025::SOCKET",
  "USB0::0x0957::0x1796::MY5::RAW",
];

const TABLE: readonly (readonly [expression: string, fitting: readonly number[]])[] = [
  ["?*", [0, 1, 2, 3, 4, 5, 6]],
  ["?*INSTR", [0, 1, 2, 4]],
  ["?*instr", [0, 1, 2, 4]],
  ["GPIB?*", [2, 3]],
  ["GPIB[0-9]*::?*INSTR", [2]],
  ["GPIB[^0]?*", []],
  ["(ASRL|USB)?*", [0, 1, 6]],
  ["ASRL?*|USB?*", [0, 1, 6]],
  ["ASRL[0-9]+::INSTR", [0]],
  ["?*(hislip[0-9]|5025)::?*", [4, 5]],
  ["ASRL1::INST", []],
  ["ASRL\\1::INSTR", [0]],
  ["USB0::0[x]0957::?*", [6]],
  ["(?*)*INTFC", [3]],
];

Deno.test("compileSearchExpression() finds what VISA's expression means", () => {
  for (const [expression, fitting] of TABLE) {
    const fits = compileSearchExpression(expression);
    assert.deepEqual(NAMES.filter(fits), fitting.map((index) => NAMES[index]), expression);
  }
});

Deno.test("compileSearchExpression() takes signs as they are after a backslash", () => {
  assert.ok(compileSearchExpression("a\\?\\*\\[\\|\\\\")("a?*[|\\"));
  assert.ok(!compileSearchExpression("a\\?")("ab"));
  assert.ok(compileSearchExpression("[\\]a-]+")("]-a"));
});

Deno.test("compileSearchExpression() says where an expression is wrong", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /at character 1 something must stand here/],
    ["*INSTR", /at character 1 "\*" has nothing before it.*"\?\*"/],
    ["?**", /at character 3 "\*" repeats a repetition/],
    ["(a", /at character 3 a "\)" is missing/],
    ["a)", /at character 2 this "\)" closes nothing/],
    ["a|", /at character 3 something must stand here/],
    ["a[bc", /at character 2 this "\[" has no "\]"/],
    ["[]", /this list is empty/],
    ["[z-a]", /this range runs backwards/],
    ["a\\", /it ends in the middle/],
    ["?*INSTR{VI_ATTR_INTF_NUM == 0}", /at character 8 attributes in braces/],
    ["(".repeat(100), /nested too deep/],
    ["a".repeat(1025), /1024 characters at most/],
  ];
  for (const [expression, message] of wrong) {
    assert.throws(() => compileSearchExpression(expression), { name: "SyntaxError", message });
  }
});

Deno.test("compileSearchExpression() agrees with a regular expression of the same meaning", () => {
  const atom: fc.Arbitrary<readonly string[]> = fc.constantFrom(
    ...["A", "B", "[AB]", "[^A]"].map((both) => [both, both]),
    ["?", "."],
  );
  const { tree } = fc.letrec<{ tree: readonly string[] }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      atom,
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => [`${a[0]}${b[0]}`, `${a[1]}${b[1]}`]),
      fc.tuple(tie("tree"), tie("tree")).map((
        [a, b],
      ) => [`(${a[0]}|${b[0]})`, `(?:${a[1]}|${b[1]})`]),
      tie("tree").map((a) => [`(${a[0]})*`, `(?:${a[1]})*`]),
      tie("tree").map((a) => [`(${a[0]})+`, `(?:${a[1]})+`]),
    ),
  }));
  const text = fc.string({ unit: fc.constantFrom("A", "B", "C"), maxLength: 8 });
  fc.assert(fc.property(tree, text, ([ours = "", theirs = ""], text) => {
    fc.pre(ours.length < 200);
    assert.equal(
      compileSearchExpression(ours)(text),
      new RegExp(`^(?:${theirs})$`, "s").test(text),
    );
  }));
});

Deno.test("compileSearchExpression() stays linear where a backtracking matcher would never end", () => {
  const fits = compileSearchExpression(`${"(A*)*".repeat(50)}B`);
  assert.equal(fits("A".repeat(5000)), false);
  assert.equal(fits("A".repeat(5000) + "B"), true);
});
