import assert from "node:assert/strict";
import type { Api, Query } from "../../../fresh-ui/islands/api.ts";
import { TimeData } from "../../../fresh-ui/islands/time_data.ts";
import { encodeTiles } from "../../../fresh-ui/tiles.ts";
import type { Tile } from "../../../session/history/tile.ts";

/** A server with one variable whose value is its time, recorded each second. */
class Server {
  readonly asked: Query[] = [];
  #waiting: (() => void)[] = [];
  latest = 0;
  hold = false;

  bytes(_session: string, path: string, query: Query, signal?: AbortSignal): Promise<ArrayBuffer> {
    assert.equal(path, "tiles");
    this.asked.push(query);
    const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
    signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    const [from, to] = [Number(query["from"]), Number(query["to"])];
    const answer = (): void => {
      const t = Array.from({ length: this.latest + 1 }, (_, i) => i).filter((at) =>
        at >= from - 1 && at <= to + 1
      );
      const tile: Tile = { kind: "points", t: Float64Array.from(t), values: Float64Array.from(t) };
      resolve(encodeTiles([tile]).buffer);
    };
    if (this.hold) this.#waiting.push(answer);
    else answer();
    return promise;
  }

  release(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}

/** The next entry goes to the stream. */
function record(server: Server, data: TimeData): void {
  server.latest++;
  data.append([{ names: ["a"], t: [server.latest], values: [[server.latest]] }]);
}

function times(data: TimeData): number[] {
  return data.runs("a").flatMap(({ t }) => [...t]);
}

function whole(server: Server): number[] {
  return Array.from({ length: server.latest + 1 }, (_, i) => i);
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("TimeData joins the past and the stream without a hole and without a point twice", async () => {
  const server = new Server();
  server.latest = 100;
  server.hold = true;
  const data = new TimeData(server as unknown as Api, "s", ["a"], () => {});
  data.show({ from: 0, to: 101 }, 800, server.latest);
  assert.equal(data.loading, true);
  // These come while the past is read; the past that is read may hold them too.
  record(server, data);
  record(server, data);
  server.release();
  await settled();
  record(server, data);
  assert.deepEqual(times(data), whole(server));
  assert.equal(server.asked.length, 1);
});

Deno.test("TimeData reads the past anew when much has come since, and stays bounded", async () => {
  const server = new Server();
  server.latest = 10;
  const data = new TimeData(server as unknown as Api, "s", ["a"], () => {});
  for (let i = 0; i < 20_000; i++) {
    record(server, data);
    data.show({ from: 0, to: server.latest }, 800, server.latest);
    if (i % 100 === 0) await settled();
  }
  await settled();
  assert.ok(server.asked.length >= 4 && server.asked.length < 60, `${server.asked.length} reads`);
  assert.deepEqual(times(data), whole(server));
});

Deno.test("TimeData in the past keeps what is after its edge and takes nothing from the stream", async () => {
  const server = new Server();
  server.latest = 1_000;
  const data = new TimeData(server as unknown as Api, "s", ["a"], () => {});
  data.show({ from: 200.5, to: 300.5 }, 800, server.latest);
  await settled();
  assert.deepEqual([times(data)[0], times(data).at(-1)], [200, 301]);
  record(server, data);
  assert.equal(times(data).at(-1), 301);
  // Back to the present.
  data.show({ from: 900, to: server.latest }, 800, server.latest);
  await settled();
  record(server, data);
  assert.deepEqual(times(data).slice(-3), [1_000, 1_001, 1_002]);
});

Deno.test("TimeData asks once while the answer is on its way, and drops it when another view is wanted", async () => {
  const server = new Server();
  server.latest = 1_000;
  server.hold = true;
  const data = new TimeData(server as unknown as Api, "s", ["a"], () => {});
  data.show({ from: 0, to: 1_000 }, 800, server.latest);
  data.show({ from: 1, to: 1_001 }, 800, server.latest);
  assert.equal(server.asked.length, 1);
  data.show({ from: 400, to: 500 }, 800, server.latest);
  assert.equal(server.asked.length, 2);
  server.release();
  await settled();
  assert.deepEqual([times(data)[0], times(data).at(-1)], [399, 501]);
});

Deno.test("TimeData says what went wrong and tries again when it is asked to", async () => {
  let fails = true;
  const server = new Server();
  server.latest = 10;
  const api = {
    bytes: (...args: Parameters<Server["bytes"]>) =>
      fails ? Promise.reject(new Error("gone")) : server.bytes(...args),
  };
  const data = new TimeData(api as unknown as Api, "s", ["a"], () => {});
  data.show({ from: 0, to: 10 }, 800, server.latest);
  await settled();
  assert.equal(data.trouble, "gone");
  fails = false;
  data.show({ from: 0, to: 10 }, 800, server.latest);
  await settled();
  assert.equal(data.trouble, undefined);
  assert.deepEqual(times(data), whole(server));
});
