/**
 * The same entries through pymanip's own `add_entry`, where Python is installed and PyPI can be reached.
 *
 * @module
 */

import { join } from "node:path";
import { Session } from "@stripchart/stripchart";
import { type BenchRow, say } from "../_row.ts";
import { median, temporaryFolder } from "../_run.ts";

/** The newest on PyPI; it imports two packages that it does not ask for. */
const VERSION = "0.4.4";
const UNDECLARED = ["six", "requests"];

const ROUNDS = 3;

/** Variables in a call, and how many calls are timed. */
const CASES = [[1, 400], [10, 200], [100, 40]] as const;

/** Times some calls of `add_entry` with a new file, with pymanip's greeting and colours left alone. */
const SCRIPT = `
import sys, time, os
from pymanip.asyncsession import AsyncSession
folder, count, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with AsyncSession(os.path.join(folder, "peer"), verbose=False) as session:
    values = {f"v{i}": i + 0.5 for i in range(count)}
    session.add_entry(**values)
    start = time.perf_counter()
    for i in range(calls):
        session.add_entry(**values)
    print("CALLS", calls / (time.perf_counter() - start))
`;

/** Makes a virtual environment with pymanip; its Python, or why there is none. */
async function python(folder: string): Promise<{ path: string } | { why: string }> {
  const run = async (command: string, ...args: string[]) => {
    try {
      const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" })
        .output();
      return success ? null : new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return `${command} is not installed`;
      throw error;
    }
  };
  const path = join(folder, "venv/bin/python");
  const why = await run("python3", "-m", "venv", join(folder, "venv")) ??
    await run(path, "-m", "pip", "install", "-q", `pymanip==${VERSION}`, ...UNDECLARED) ??
    await run(path, "-c", "import pymanip.asyncsession");
  return why === null ? { path } : { why };
}

/** Durable calls a second, one awaited after the other, as pymanip's are. */
async function ours(file: string, count: number, calls: number): Promise<number> {
  await using session = new Session(null, { file, quiet: true, terminal: null, signals: false });
  const values = Object.fromEntries(Array.from({ length: count }, (_, i) => [`v${i}`, i + 0.5]));
  await session.addEntry(values);
  const start = performance.now();
  for (let i = 0; i < calls; i++) await session.addEntry(values);
  return calls / ((performance.now() - start) / 1000);
}

/** Paired rounds of both; nothing where pymanip cannot be had. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  const found = await python(folder.path);
  if ("why" in found) {
    say(`pymanip is left out: ${found.why}`);
    return;
  }
  for (const [count, calls] of CASES) {
    const mine: number[] = [];
    const peers: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const cwd = join(folder.path, `${count}_${round}`);
      Deno.mkdirSync(cwd);
      const { success, stdout, stderr } = await new Deno.Command(found.path, {
        args: ["-c", SCRIPT, cwd, String(count), String(calls)],
        cwd,
      }).output();
      const rate = Number(/CALLS ([\d.e+]+)/.exec(new TextDecoder().decode(stdout))?.[1]);
      if (!success || !(rate > 0)) {
        throw new Error(`Cannot time pymanip: ${new TextDecoder().decode(stderr)}`);
      }
      peers.push(rate);
      mine.push(await ours(join(cwd, "ours.db"), count, calls * 5));
    }
    yield {
      section: "Beside pymanip",
      name: `add_entry of ${count} ${count === 1 ? "value" : "values"}, one after the other`,
      value: median(mine),
      unit: "entries/s",
      peer: { name: `pymanip ${VERSION}`, value: median(peers) },
      note: `each on disk before the next; median of ${ROUNDS} paired rounds`,
    };
  }
}
