import assert from "node:assert/strict";
import { definePlot, plotInWords } from "../../plots/define.ts";
import { type PlotDefinition, plotVariables } from "../../plots/definition.ts";

interface Case {
  readonly given: readonly [unknown, unknown?];
  readonly plot: PlotDefinition;
  readonly words: string;
  readonly variables: readonly string[];
}

const CASES: readonly Case[] = [
  {
    given: ["a"],
    plot: { kind: "time", left: ["a"] },
    words: "a",
    variables: ["a"],
  },
  {
    given: [["a", "b", "a", "c"], { right: ["c", "d"], last: "1h", title: "All" }],
    plot: { kind: "time", left: ["a", "b"], right: ["c", "d"], title: "All", last: 3_600_000 },
    words: "All",
    variables: ["a", "b", "c", "d"],
  },
  {
    given: [["a"], { leftAxis: { scale: "log", range: [1e-3, null], label: "p" } }],
    plot: {
      kind: "time",
      left: ["a"],
      leftAxis: { scale: "log", range: [1e-3, null], label: "p" },
    },
    words: "a",
    variables: ["a"],
  },
  {
    given: [{ x: "t", y: "v", line: false, xAxis: { range: [null, 5] } }],
    plot: { kind: "xy", x: "t", y: ["v"], line: false, xAxis: { range: [null, 5] } },
    words: "v against t",
    variables: ["t", "v"],
  },
  {
    given: [{ x: "t", y: ["v", "w"], last: "10s" }],
    plot: { kind: "xy", x: "t", y: ["v", "w"], last: 10_000 },
    words: "v, w against t",
    variables: ["t", "v", "w"],
  },
  {
    given: [{ x: "a", y: "b", z: "c", zAxis: { scale: "log" } }],
    plot: { kind: "heatmap", x: "a", y: "b", z: "c", zAxis: { scale: "log" } },
    words: "c over a and b",
    variables: ["a", "b", "c"],
  },
  {
    given: [{ dataset: "spectrum", count: 5 }],
    plot: { kind: "trace", dataset: "spectrum", count: 5 },
    words: "traces of spectrum",
    variables: [],
  },
];

Deno.test("definePlot() makes the plot that is meant", () => {
  for (const { given, plot, words, variables } of CASES) {
    const made = definePlot(...given);
    assert.deepEqual(made, plot);
    assert.equal(plotInWords(made), words);
    assert.deepEqual(plotVariables(made), variables);
  }
});

const REFUSED: readonly (readonly [readonly [unknown, unknown?], RegExp])[] = [
  [[undefined], /TypeError: Cannot plot, as variables are needed: undefined/],
  [[[]], /TypeError: Cannot plot, as the variables must be one name or more: \[\]/],
  [[["a", 1]], /TypeError: Cannot plot, as the variables must be a name: 1/],
  [["a", { lst: "1h" }], /TypeError: .*no option "lst" here; there are title, last, right/],
  [["a", { last: "soon" }], /SyntaxError: .*soon/],
  [["a", { last: "0s" }], /RangeError: Cannot plot, as last must be longer than nothing/],
  [["a", { title: 1 }], /TypeError: .*its title must be text: 1/],
  [["a", { leftAxis: { range: [2, 1] } }], /RangeError: .*leftAxis\.range must go up: \[2,1\]/],
  [["a", { leftAxis: { range: [0] } }], /TypeError: .*leftAxis\.range is two numbers/],
  [["a", { leftAxis: { range: [NaN, 1] } }], /TypeError: .*leftAxis\.range is two numbers/],
  [["a", { leftAxis: { scale: "log", range: [0, 1] } }], /RangeError: .*positive ends only/],
  [["a", { leftAxis: { scale: "cubic" } }], /TypeError: .*leftAxis\.scale is "linear" or "log"/],
  [["a", { leftAxis: { colour: 1 } }], /TypeError: .*leftAxis has label, scale and range/],
  [[{ x: "a" }], /TypeError: Cannot plot, as y must be a name: undefined/],
  [[{ x: "a", y: "b" }, {}], /TypeError: .*options stand beside names only/],
  [[{ x: "a", y: "b", line: 1 }], /TypeError: .*line is true or false: 1/],
  [[{ dataset: "a", count: 0 }], /RangeError: .*count must be 1 or more: 0/],
  [[{ dataset: "a", last: "1h" }], /TypeError: .*no option "last" here/],
];

Deno.test("definePlot() refuses what can't be meant", () => {
  for (const [given, message] of REFUSED) {
    assert.throws(() => definePlot(...given), (error) => {
      assert.match(String(error), message);
      return true;
    });
  }
});

Deno.test("plotInWords() says labels where there are some, and the title if there is one", () => {
  const label = (name: string): string => ({ a: "Alpha" }[name] ?? name);
  const words = (plot: PlotDefinition) => plotInWords(plot, label);
  assert.equal(words(definePlot(["a", "b"], { right: ["b"] })), "Alpha, b");
  assert.equal(words(definePlot({ x: "a", y: ["b", "a"] })), "b, Alpha against Alpha");
  assert.equal(words(definePlot({ x: "b", y: "a", z: "c" })), "c over b and Alpha");
  assert.equal(words(definePlot({ dataset: "a" })), "traces of a");
  assert.equal(words(definePlot("a", { title: "Own" })), "Own");
  assert.equal(plotInWords(definePlot("a")), "a");
});
