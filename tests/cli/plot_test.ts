import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../cli/program.ts";
import { ROOT, runProgram as runChild } from "../_child.ts";
import { decodePng } from "../pictures/_png.ts";
import { axesOf, linesOf } from "../plots/_figures.ts";
import { recorded } from "../session/figures/_recorded.ts";
import { START } from "../session/_session.ts";
import type { Session } from "../../session/session.ts";
import { paperContext } from "./_context.ts";

const PLOTS = [
  { kind: "time", title: "Both\u0007", left: ["a", "b"] },
  { kind: "xy", x: "a", y: ["b"] },
];

async function record(session: Session): Promise<void> {
  for (let i = 0; i < 200; i++) {
    void session.addEntry({ a: Math.sin(i / 20), b: i }, { at: START + i });
  }
  await session.addDataset("scope", Float64Array.from({ length: 50 }, (_, i) => i * i));
  for (const plot of PLOTS) session.event("plot", "debug", "", undefined, plot);
}

/** Runs the command on a recorded session, in whose folder `PICTURE` and `FILE` are. */
async function plot(
  args: string,
): Promise<{ code: number; stdout: string; stderr: string; svg: string }> {
  using session = await recorded(record);
  const context = paperContext();
  const picture = join(session.folder, "out.svg");
  const words = args.split(" ").map((word) =>
    word.replace("FILE", session.file).replace("PICTURE", picture)
  );
  const code = await runProgram(["plot", ...words], context);
  return {
    code,
    stdout: context.stdout.text.replaceAll(session.folder, ""),
    stderr: context.stderr.text.replaceAll(session.folder, ""),
    svg: code === 0 ? Deno.readTextFileSync(picture) : "",
  };
}

Deno.test("plot draws the first plot that the run declares, and lists the others", async () => {
  const { code, stdout, stderr, svg } = await plot("FILE -o PICTURE");
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "/out.svg: Both·\n");
  assert.equal(
    stderr,
    "This is the first of 2 plots; --plot N draws another one:\n  1  Both·\n  2  b against a\n",
  );
  assert.match(svg, /width="1200" height="675"/);
  assert.equal(linesOf(svg, "a").length, 1);
});

const DRAWN: readonly (readonly [args: string, RegExp])[] = [
  ["FILE -o PICTURE --plot 2", /against/],
  ["FILE --output=PICTURE --variables b", /data-series="b"/],
  ["FILE -o PICTURE --x b --y a", /<title[^>]*>a</],
  ["FILE -o PICTURE --x a --y b --z b", /class="cells"|class="points"/],
  ["FILE -o PICTURE --dataset scope", /data-series="scope"/],
  ["FILE -o PICTURE --plot 1 --dark --size 640x360", /width="640" height="360"/],
];

for (const [args, pattern] of DRAWN) {
  Deno.test(`plot draws what is asked for by ${args}`, async () => {
    const { code, stderr, svg } = await plot(args);
    assert.equal(code, 0, stderr);
    assert.match(svg, pattern);
    assert.equal(/fill="#12161b"/.test(svg), args.includes("--dark"));
  });
}

const TIMES: readonly (readonly [args: string, from: number, to: number])[] = [
  [`--from ${START + 50}`, START + 50, START + 199],
  [`--to 2026-01-01T00:01:00Z`, START, START + 60],
  [`--from 2026-01-01T01:00:30+01:00 --to ${START + 90}.5`, START + 30, START + 90.5],
  ["--last 20s", START + 179, START + 199],
];

for (const [args, from, to] of TIMES) {
  Deno.test(`plot shows the times that are asked for by ${args}`, async () => {
    const { code, stderr, svg } = await plot(`FILE -o PICTURE --variables a ${args}`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(axesOf(svg).get("x")?.range, [from, to]);
  });
}

const REFUSED: readonly (readonly [args: string, code: number, stderr: RegExp])[] = [
  ["FILE", 2, /as -o is missing\. Name the picture: -o NAME\.png\n$/],
  ["FILE -o out.gif", 2, /ends in \.png or \.svg: "out\.gif"\n$/],
  ["FILE -p out.png", 2, /no flag -p\./],
  ["FILE -o PICTURE --plot 0", 2, /--plot takes a number from 1 on: "0"/],
  [
    "FILE -o PICTURE --plot 3",
    1,
    /the last run declares 2:\n {2}1 {2}Both·\n {2}2 {2}b against a\n$/,
  ],
  ["FILE -o PICTURE --plot 1 --variables a", 2, /--plot and --variables are given/],
  ["FILE -o PICTURE --x a", 2, /--y is missing: --x A --y B draws B against A/],
  ["FILE -o PICTURE --variables tempratur", 1, /"tempratur"\. There are "a", "b"\.\n$/],
  ["FILE -o PICTURE --dataset scop", 1, /unknown dataset: "scop"\. There are "scope"\.\n$/],
  ["FILE -o PICTURE --size big", 2, /--size takes a width and a height: "big"/],
  ["FILE -o PICTURE --size 10x10", 1, /its width must be from 200 to 10000: 10\n$/],
  ["FILE -o PICTURE --last soon", 2, /^error: Cannot/],
  ["FILE -o PICTURE --last 1h --from 5", 2, /both --from and --last/],
  ["FILE -o PICTURE --from yesterday", 2, /--from, as it is no moment: "yesterday"\. Write a date/],
  [`FILE -o PICTURE --from ${START + 500}`, 1, /must begin before it ends: from 2026/],
  ["absent.db -o PICTURE", 1, /^error: Cannot open absent\.db as /],
];

for (const [args, code, stderr] of REFUSED) {
  Deno.test(`plot says what is wrong with ${args}`, async () => {
    const outcome = await plot(args);
    assert.match(outcome.stderr, stderr);
    assert.equal(outcome.code, code);
    assert.equal(outcome.stdout, "");
  });
}

Deno.test("stripchart plot needs to read the session and to write the picture, and no more", async () => {
  using session = await recorded(record);
  const [file, picture] = [session.file, join(session.folder, "out.png")];
  const flags = [`--allow-read=${file},${file}-wal`, `--allow-write=${picture}`];
  const args = ["plot", file, "-o", picture, "--plot", "1", "--size", "400x300"];
  const { code, stderr, used } = await runChild("cli/main.ts", {
    cwd: ROOT,
    flags,
    args,
    audit: true,
  });
  assert.equal(code, 0, stderr);
  const { width, height } = decodePng(Deno.readFileSync(picture));
  assert.deepEqual([width, height], [800, 600]);
  const granted = [`read:${file}`, `read:${file}-wal`, `write:${picture}`];
  assert.deepEqual(used.filter((access) => !granted.includes(access)), []);
  const barred = await runChild("cli/main.ts", { cwd: ROOT, flags: flags.slice(0, 1), args });
  assert.equal(barred.code, 1);
  assert.match(
    barred.stderr,
    /^error: Cannot write .*out\.png, as Deno .* --allow-write=.*out\.png\n$/,
  );
});
