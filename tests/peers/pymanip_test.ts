import assert from "node:assert/strict";
import { parsePythonJson } from "../../fresh-ui/remote/pymanip.ts";
import { RemoteObserver } from "../../fresh-ui/remote_observer.ts";
import { serveLive } from "../../fresh-ui/serve.ts";
import { Session } from "../../session/session.ts";
import { every } from "../../tasks/every.ts";
import { temporaryFolder } from "../_child.ts";
import { needsPython } from "../_needs.ts";
import { APART } from "../session/_session.ts";
import { Python } from "./_python.ts";

/** pymanip's observer watches a server for a while and prints what it got. */
const OBSERVER = `
import json, sys, time
out, sys.stdout = sys.stdout, sys.stderr
from pymanip.asyncsession import RemoteObserver

observer = RemoteObserver(sys.argv[1], port=int(sys.argv[2]))
print(json.dumps(observer.get_last_values()), file=out)
observer.start_recording()
time.sleep(0.5)
print(json.dumps(observer.stop_recording(reduce_time=False)), file=out)
observer.start_recording()
time.sleep(0.1)
print(json.dumps(observer.stop_recording()), file=out)
`;

type Recorded = Record<string, number | { t: number[]; value: (number | string)[] }>;

const pymanip = needsPython("pymanip.asyncsession");

Deno.test({
  ...pymanip,
  name: "pymanip's RemoteObserver watches a session of ours, with and without a token",
  async fn() {
    using folder = temporaryFolder();
    const file = `${folder.path}/a.db`;
    await using session = new Session("a", { ...APART, file });
    await session.saveParameters({ gain: 2.5, _hidden: 1 });
    let n = 0;
    const running = session.monitor(
      every("10ms", () => {
        n += 1;
        return { "T bath": n / 3, odd: n % 2 === 0 ? NaN : -Infinity };
      }),
    );
    for (const token of [undefined, "0123456789abcdefghijkl"]) {
      await using server = await serveLive({
        file,
        port: 0,
        ...(token === undefined ? {} : { token }),
      });
      const host = token === undefined ? "127.0.0.1" : `observer:${token}@127.0.0.1`;
      await using observer = new Python(OBSERVER, host, `${server.addr.port}`);
      const last = parsePythonJson(await observer.line()) as Record<string, number>;
      assert.deepEqual(Object.keys(last), ["T bath", "odd"]);
      const recorded = parsePythonJson(await observer.line()) as Recorded;
      assert.deepEqual(Object.keys(recorded), ["T bath", "odd", "gain"]);
      assert.equal(recorded["gain"], 2.5);
      for (const name of ["T bath", "odd"]) {
        const found = recorded[name];
        assert.ok(typeof found === "object" && found.t.length > 5, JSON.stringify(found));
        const [from = 0, to = 0] = [found.t[0], found.t.at(-1)];
        const [t, values] = session.loggedVariable(name, { from, to });
        assert.deepEqual(found.t, [...t]);
        assert.deepEqual(found.value.map(Number), [...values]);
      }
      const together = parsePythonJson(await observer.line()) as Record<string, unknown[]>;
      assert.deepEqual(Object.keys(together), ["T bath", "odd", "time", "gain"]);
      assert.equal(together["time"]?.length, together["T bath"]?.length);
    }
    session.askExit();
    await running;
  },
});

/** A session of pymanip's that counts, with its server on loopback and on a port of the system's choice. */
const SESSION = `
import asyncio, os, sys
out, sys.stdout = sys.stdout, sys.stderr
os.chdir(sys.argv[1])
from pymanip.asyncsession import AsyncSession

class Counting(AsyncSession):
    async def count(self):
        n = 0
        while self.running:
            n += 1
            self.add_entry(third=n / 3, odd=float("inf" if n % 2 else "nan"))
            await asyncio.sleep(0.01)

async def main():
    loop = asyncio.get_running_loop()
    create_server = loop.create_server
    async def on_loopback(factory, host=None, port=None):
        server = await create_server(factory, host="127.0.0.1", port=0)
        print(server.sockets[0].getsockname()[1], file=out)
        return server
    loop.create_server = on_loopback
    with Counting("peer", verbose=False) as session:
        session.save_parameter(gain=2.5)
        await session.monitor(session.count(), server_port=1)

asyncio.run(main())
`;

Deno.test({
  ...pymanip,
  name: "RemoteObserver watches a session of pymanip's",
  async fn() {
    using folder = temporaryFolder();
    await using peer = new Python(SESSION, folder.path);
    const rig = new RemoteObserver(`127.0.0.1:${await peer.line()}`);
    await rig.startRecording();
    assert.equal(rig.server, "pymanip");
    while (!("third" in await rig.getLastValues())) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { series, parameters, from, to } = await rig.stopRecording();
    assert.deepEqual({ ...parameters }, { gain: 2.5 });
    const { t = new Float64Array(), values = new Float64Array() } = series["third"] ?? {};
    assert.ok(values.length > 5 && (t[0] ?? 0) >= from && to > from);
    const first = Math.round((values[0] ?? NaN) * 3);
    assert.deepEqual([...values], Array.from(values, (_, i) => (first + i) / 3));
    assert.ok(t.every((one, i) => i === 0 || one > (t[i - 1] ?? Infinity)));
    const odd = series["odd"]?.values ?? [];
    assert.ok(odd.every((value) => value === Infinity || Number.isNaN(value)));
  },
});
