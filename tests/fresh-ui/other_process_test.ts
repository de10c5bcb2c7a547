import assert from "node:assert/strict";
import { join } from "node:path";
import { livePage } from "../../fresh-ui/live_page.ts";
import { ROOT, runProgram, temporaryFolder } from "../_child.ts";
import { get, type Message, StreamReader, until } from "./_page.ts";

/** A program that counts in a session's file, until it is disposed of: killed. */
function counting(file: string, from: number): AsyncDisposable {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-prompt",
      "--config",
      join(ROOT, "deno.json"),
      join(ROOT, "tests/fresh-ui/programs/recording.ts"),
      file,
      `${from}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

function counts(messages: readonly Message[]): number[] {
  return messages.filter(({ event }) => event === "entries").flatMap(({ data }) =>
    data.batches.flatMap(({ values }: { values: number[][] }) => values[0] ?? [])
  );
}

Deno.test("a file that another process writes is followed without a hole, over kills and restarts of both", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.db");
  const seen: number[] = [];
  let id: string | undefined;
  /** Watches until so many more were seen, over a page of its own. */
  const watch = async (
    more: number,
    enough: (all: readonly Message[]) => boolean = () => true,
  ): Promise<Message[]> => {
    using page = livePage({ source: file });
    const headers = id === undefined ? undefined : { "last-event-id": id };
    const path = `/api/sessions/a.db/stream${id === undefined ? "?since=0" : ""}`;
    await using stream = new StreamReader(
      await get(page, path, headers === undefined ? {} : { headers }),
    );
    const wanted = seen.length + more;
    const all: Message[] = [];
    await until(async () => {
      const messages = await stream.arrived();
      all.push(...messages);
      seen.push(...counts(messages));
      id = messages.findLast((message) => message.id !== undefined)?.id ?? id;
      return seen.length >= wanted && enough(all);
    });
    return all;
  };
  const exists = (): boolean => {
    try {
      using _ = livePage({ source: file });
      return true;
    } catch {
      return false;
    }
  };
  {
    await using _ = counting(file, 0);
    await until(exists);
    await watch(20);
    await watch(20);
  }
  // What was recorded until it was killed, and not seen yet.
  await watch(0);
  const before = seen.length;
  {
    await using _ = counting(file, 1_000_000);
    const states = (all: readonly Message[]): unknown =>
      all.findLast(({ event }) => event === "session")?.data.runs
        .map(({ state }: { state: string }) => state).join(" ");
    await watch(20, (all) => states(all) === "lost running");
  }
  const first = seen.filter((count) => count < 1_000_000);
  const second = seen.filter((count) => count >= 1_000_000);
  assert.ok(first.length >= before);
  assert.deepEqual(first, Array.from({ length: first.length }, (_, i) => i));
  assert.deepEqual(second, Array.from({ length: second.length }, (_, i) => 1_000_000 + i));
});

Deno.test("a page uses the permissions for its address and for its session's file, and no others", async () => {
  using folder = temporaryFolder();
  const script = join(folder.path, "serving.ts");
  Deno.copyFileSync(join(ROOT, "tests/fresh-ui/programs/serving.ts"), script);
  const port = (() => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return listener.addr.port;
  })();
  const files = ["a.db", "a.db-wal", "a.db.lock"].map((name) => join(folder.path, name));
  const run = await runProgram("serving.ts", {
    cwd: folder.path,
    flags: [
      `--allow-net=127.0.0.1:${port}`,
      "--allow-read=a.db,a.db-wal,a.db.lock",
      "--allow-write=a.db,a.db.lock",
    ],
    args: [`${port}`],
    audit: true,
  });
  assert.equal(run.code, 0, run.stderr);
  const used = run.used.map((access) => access.replace(/:(?=a\.db)/, `:${folder.path}/`));
  const allowed = [
    `net:127.0.0.1:${port}`,
    ...files.map((path) => `read:${path}`),
    ...files.map((path) => `write:${path}`),
  ];
  // The program asks its own server by `fetch`, which is logged with the whole address.
  const own = `net:http://127.0.0.1:${port}/`;
  assert.deepEqual(
    used.filter((access) => !allowed.includes(access) && !access.startsWith(own)),
    [],
  );
  assert.ok(used.includes(`net:127.0.0.1:${port}`) && used.includes(`read:${files[0]}`));
});

Deno.test("a run whose process was killed is shown as lost, and one that goes on as running", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.db");
  const state = async (): Promise<unknown[]> => {
    using page = livePage({ source: folder.path });
    const info = await (await get(page, "/api/sessions/a.db")).json();
    const { sessions } = await (await get(page, "/api/sessions")).json();
    return [info.status.state, info.runs.at(-1)?.state, sessions[0].run?.state];
  };
  const exists = (): boolean => {
    try {
      using page = livePage({ source: file });
      return page !== undefined;
    } catch {
      return false;
    }
  };
  {
    await using _ = counting(file, 0);
    await until(exists);
    await until(async () => (await state())[0] === "running");
    assert.deepEqual(await state(), ["running", "running", "running"]);
  }
  assert.deepEqual(await state(), ["lost", "lost", "lost"]);
});
