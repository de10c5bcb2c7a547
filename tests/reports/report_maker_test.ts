import assert from "node:assert/strict";
import { join } from "node:path";
import { type MakeRequest, ReportMaker } from "../../reports/report_maker.ts";
import { Session } from "../../session/session.ts";
import { temporaryFolder } from "../_child.ts";
import { APART } from "../session/_session.ts";

function request(session: Session, more: Partial<MakeRequest> = {}): MakeRequest {
  return {
    kind: "regular",
    reason: "",
    file: session.file,
    now: session.clock.wall(),
    standing: session.standing(),
    plots: "all",
    timeZone: "UTC",
    picturesWithin: 60_000,
    ...more,
  };
}

/** A session with something in it, in a file or in memory. */
async function recorded(file: string): Promise<Session> {
  const session = new Session("cooling", { ...APART, file });
  await session.addEntry({ a: 1, b: 2 });
  for (const name of ["a", "b"]) {
    session.event("plot", "debug", name, undefined, {
      kind: "time",
      left: [name],
      title: `Of ${name}`,
    });
  }
  await session.flush();
  return session;
}

const never = new AbortController().signal;

Deno.test("ReportMaker makes the same of a session in a file and of one in memory", async () => {
  using folder = temporaryFolder();
  const made = [];
  for (const file of [join(folder.path, "cooling.db"), ":memory:"]) {
    await using session = await recorded(file);
    using maker = new ReportMaker(session);
    const now = session.clock.wall();
    const first = await maker.make(
      request(session, { file: "cooling.db", now, table: 60_000 }),
      never,
    );
    // The threads are there already.
    const second = await maker.make(request(session, { file: "cooling.db", now }), never);
    assert.equal(
      second.text.replace(/\d\d:\d\d:\d\d/g, ""),
      first.text.replace(/\d\d:\d\d:\d\d/g, ""),
    );
    assert.deepEqual(first.pictures.map(({ name }) => name), ["plot-1.png", "plot-2.png"]);
    for (const { cid, bytes } of first.pictures) {
      assert.ok(first.html.includes(`src="cid:${cid}"`));
      assert.deepEqual([...bytes.subarray(1, 4)], [80, 78, 71]);
    }
    assert.deepEqual(first.files.map(({ type }) => type), ["text/csv"]);
    assert.ok(first.html.includes("Of a") && first.text.includes("Of b"));
    made.push(first.report.values.map(({ name, value }) => [name, value]));
  }
  assert.deepEqual(made[0], made[1]);
});

Deno.test("ReportMaker leaves pictures out that take too long, and says so", async () => {
  using folder = temporaryFolder();
  await using session = await recorded(join(folder.path, "cooling.db"));
  using maker = new ReportMaker(session);
  const { text, html, pictures } = await maker.make(request(session, { picturesWithin: 1 }), never);
  assert.deepEqual(pictures, []);
  assert.match(text, /Of a \(no picture\)/);
  assert.match(text, /Notes\n {2}There are no pictures: .*took longer than/);
  assert.doesNotMatch(html, /<img/);
});

Deno.test("ReportMaker ends when it is told to, says what can't be read, and works again after either", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "cooling.db");
  await using session = await recorded(file);
  using maker = new ReportMaker(session);
  const stop = new AbortController();
  const making = maker.make(request(session), stop.signal);
  stop.abort(new Error("nobody wants it"));
  await assert.rejects(making, /nobody wants it/);
  const gone = Object.create(session, { file: { value: join(folder.path, "gone.db") } });
  using elsewhere = new ReportMaker(gone);
  await assert.rejects(elsewhere.make(request(session), never), /gone\.db/);
  const { pictures } = await maker.make(request(session), never);
  assert.equal(pictures.length, 2);
});

Deno.test("ReportMaker asks a thread no more in which pictures failed", async () => {
  using folder = temporaryFolder();
  await using session = await recorded(join(folder.path, "cooling.db"));
  const started: FakeWorker[] = [];
  class FakeWorker {
    onmessage: ((event: { readonly data: unknown }) => void) | undefined;
    asked = 0;
    ended = false;
    constructor() {
      started.push(this);
    }
    postMessage(): void {
      this.asked += 1;
      const made = { pictures: [], files: [], text: `by ${started.length}` };
      queueMicrotask(() => this.onmessage?.({ data: { kind: "made", made, worn: this.worn } }));
    }
    get worn(): boolean {
      return this === started[0] && this.asked === 2;
    }
    terminate(): void {
      this.ended = true;
    }
  }
  const { Worker } = globalThis;
  Object.assign(globalThis, { Worker: FakeWorker });
  try {
    using maker = new ReportMaker(session);
    const texts = [];
    for (let n = 0; n < 4; n++) texts.push((await maker.make(request(session), never)).text);
    assert.deepEqual(texts, ["by 1", "by 1", "by 2", "by 2"]);
    assert.deepEqual(started.map(({ ended }) => ended), [true, false]);
  } finally {
    Object.assign(globalThis, { Worker });
  }
});
