import assert from "node:assert/strict";
import { join } from "node:path";
import { openSession, type SavedSession } from "../../session/open_session.ts";
import { ROOT, temporaryFolder } from "../_child.ts";

// Whole programs, as a user starts them: what is asserted is how they end and what their file says then.

const PROGRAMS = join(ROOT, "tests/session/programs");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  readonly #decoder = new TextDecoder();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  stdout = "";

  constructor(name: string, cwd: string, args: readonly string[] = []) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-write=.",
        "--config",
        join(ROOT, "deno.json"),
        join(PROGRAMS, `${name}.ts`),
        ...args,
      ],
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reader = this.#child.stdout.getReader();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async until(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      const { value, done } = await this.#reader.read();
      if (done) assert.fail(`it ended before it said ${text}: ${await this.#stderr}`);
      this.stdout += this.#decoder.decode(value, { stream: true });
    }
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
  }

  async end(): Promise<Ended> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) break;
      this.stdout += this.#decoder.decode(value, { stream: true });
    }
    const [{ code }, stderr] = await Promise.all([this.#child.status, this.#stderr]);
    return { code, stdout: this.stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.#child.status;
    await this.#reader.cancel();
    await this.#stderr;
  }
}

async function interrupted(
  what: string,
  signals: readonly Deno.Signal[],
): Promise<Ended & { readonly read: (use: (session: SavedSession) => void) => void }> {
  const folder = Deno.makeTempDirSync();
  await using program = new Program("interrupted", folder, [what]);
  await program.until("ready");
  for (const signal of signals) {
    program.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const ended = await program.end();
  return {
    ...ended,
    read: (use): void => {
      try {
        using session = openSession(join(folder, "interrupted.db"));
        use(session);
      } finally {
        Deno.removeSync(folder, { recursive: true });
      }
    },
  };
}

const times = (text: string, part: string): number => text.split(part).length - 1;

for (const what of ["sleep", "stuck", "hanging-end", "own-loop"]) {
  for (const count of [1, 2, 3, 11]) {
    Deno.test(`${count} Ctrl-C, 5 ms apart, end a run in ${what}, and safely`, async () => {
      const { code, stdout, stderr, read } = await interrupted(
        what,
        Array.from({ length: count }, () => "SIGINT" as const),
      );
      assert.equal(code, 130, stderr);
      assert.equal(times(stdout, "finaliser: safe"), 1, `safe once: ${stdout}${stderr}`);
      if (count === 1) {
        assert.ok(stdout.indexOf("finaliser: safe") < stdout.indexOf("finaliser: first"), stdout);
      }
      assert.doesNotMatch(stderr, /Uncaught|at file:/, "no stack trace for a stop");
      read((session) => {
        const run = session.runs()[0];
        assert.equal(run?.status, "interrupted");
        assert.match(run?.reason ?? "", /SIGINT/);
        if (what !== "own-loop") assert.ok(session.loggedVariable("n")[1].length > 0);
        assert.ok(session.events({ kinds: ["interrupt"] }).length >= 1);
      });
    });
  }
}

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} ends a run as Ctrl-C does`, async () => {
    const { code, stdout, read } = await interrupted("sleep", [signal]);
    assert.equal(code, 130);
    assert.equal(times(stdout, "finaliser: safe"), 1);
    read((session) => assert.match(session.runs()[0]?.reason ?? "", new RegExp(signal)));
  });
}

async function failing(
  what: string,
  use: (session: SavedSession, ended: Ended) => void,
  file = "failing.db",
): Promise<void> {
  using folder = temporaryFolder();
  await using program = new Program("failing", folder.path, [what]);
  const ended = await program.end();
  using session = openSession(join(folder.path, file));
  use(session, ended);
}

Deno.test("A program that completes exits with 0", async () => {
  await failing("nothing", (session, { code, stderr }) => {
    assert.equal(code, 0, stderr);
    assert.equal(session.runs()[0]?.status, "completed");
  });
});

Deno.test("A program that throws after its session was closed leaves a failed run", async () => {
  await failing("throw-before", (session, { code, stderr }) => {
    assert.equal(code, 1);
    assert.match(stderr, /main threw/);
    assert.deepEqual([session.runs()[0]?.status, session.runs()[0]?.reason], [
      "failed",
      "main threw",
    ]);
    assert.equal(session.loggedVariable("n")[1].length, 1);
  });
});

Deno.test("A program that throws leaves a run that had gone well before as it is", async () => {
  await failing("second-throws", (session, { code }) => {
    assert.equal(code, 1);
    assert.equal(session.runs()[0]?.status, "completed");
  }, "went_well.db");
});

Deno.test("A program that throws with its session open closes it and exits with 1", async () => {
  await failing("never-closed", (session, { code }) => {
    assert.equal(code, 1);
    assert.equal(session.runs()[0]?.status, "failed");
    assert.match(session.runs()[0]?.reason ?? "", /nobody catches this/);
  }, "never_closed.db");
});

for (
  const [what, message] of [["rejection", "forgotten promise"], [
    "exception",
    "out of a timer",
  ]] as const
) {
  Deno.test(`An unhandled ${what} is recorded, and the tasks go on`, async () => {
    await failing(what, (session, { code, stderr }) => {
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(message));
      assert.equal(session.runs()[0]?.status, "failed");
      const failure = session.events({ kinds: ["failure"] })[0];
      assert.match(failure?.message ?? "", new RegExp(message));
      const after = session.loggedVariable("n", { from: (failure?.t ?? 0) / 1e6 });
      assert.ok(after[1].length >= 5, `${after[1].length} entries after it`);
    });
  });
}

Deno.test("User code that blocks the loop for 5 s is reported, and nothing is lost", async () => {
  await failing("block", (session, { code }) => {
    assert.equal(code, 0);
    const stalls = session.events({ kinds: ["stall"] });
    // Said while it lasts, by the Worker, and when it is over.
    assert.deepEqual(stalls.map(({ data }) => (data as { over: boolean }).over), [false, true]);
    assert.equal(session.events({ kinds: ["gap"] }).length, 1);
    const { ticks, skipped } = session.statistics().find(({ task }) => task === "steady") ??
      { ticks: 0, skipped: 0 };
    // The last start may fall into the stop.
    assert.ok([399, 400].includes(ticks + skipped), `${ticks} + ${skipped} starts`);
    assert.equal(session.loggedVariable("n")[1].length, ticks);
  });
});

Deno.test("A second run on the same file is refused, naming the first, before any device opens", async () => {
  using folder = temporaryFolder();
  await using first = new Program("second", folder.path);
  await first.until("opened");
  await using second = new Program("second", folder.path);
  const { code, stdout, stderr } = await second.end();
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`in use by pid ${first.pid}`));
  assert.doesNotMatch(stdout, /opened/);
  assert.doesNotMatch(stderr, /at file:/, "one clean message");
  first.kill("SIGINT");
  assert.equal((await first.end()).code, 130);
});
