import assert from "node:assert/strict";
import { openHislip } from "../../../../devices/transports/hislip/mod.ts";
import { encodeMessage, MessageType } from "../../../../devices/transports/hislip/header.ts";
import {
  encodeMaximumSize,
  packParameter,
} from "../../../../devices/transports/hislip/messages.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { polite, type Script, ScriptedServer, writeAll } from "./_scripted_server.ts";

const text = new TextEncoder();
const T = MessageType;

function within(ms: number, signal?: AbortSignal): { deadline: number; signal?: AbortSignal } {
  return { deadline: systemClock.monotonic() + ms, ...(signal && { signal }) };
}

async function answer(link: Transport, ms = 10_000): Promise<string> {
  const target = new Uint8Array(100_000);
  let answer = "";
  while (true) {
    const { count, end } = await link.read(target, within(ms));
    answer += new TextDecoder().decode(target.subarray(0, count));
    if (end) return answer;
  }
}

async function query(link: Transport, question: string): Promise<string> {
  await link.write(text.encode(question), true, within(10_000));
  return await answer(link);
}

function open(server: ScriptedServer, deadline = 10_000): Promise<Transport> {
  return openHislip({
    host: "127.0.0.1",
    port: server.port,
    deadline: systemClock.monotonic() + deadline,
  });
}

Deno.test("openHislip() gives up in time when the server is silent at any stage", async () => {
  for (const silent of [T.Initialize, T.AsyncInitialize, T.AsyncMaximumMessageSize]) {
    await using server = new ScriptedServer((m) => m.type === silent ? undefined : polite(m));
    await assert.rejects(open(server, 60), { name: "TimeoutError", message: /Cannot open TCPIP0/ });
    const giveUp = new AbortController();
    const opening = openHislip({ host: "127.0.0.1", port: server.port, signal: giveUp.signal });
    giveUp.abort(new Error("given up"));
    await assert.rejects(opening, { message: "given up" });
  }
});

Deno.test("openHislip() says why when the server refuses, closes or speaks something else", async () => {
  const fatal = (code: number): Uint8Array[] => [
    encodeMessage(T.FatalError, code, 0, text.encode("sorry")),
  ];
  const table: [Script, string, RegExp][] = [
    [() => fatal(4), "LinkError", /fatal error 4 \(maximum number of clients reached\): sorry/],
    [(m) => m.type === T.AsyncInitialize ? fatal(3) : polite(m), "LinkError", /fatal error 3/],
    [(m) => m.type === T.AsyncInitialize ? ["close"] : polite(m), "LinkError", /closed the conn/],
    [() => [text.encode("220 smtp.lab.org ESMTP")], "ProtocolError", /begins with 48 53/],
    [
      () => [encodeMessage(T.InitializeResponse, 0, 0).fill(0xff, 8)],
      "ProtocolError",
      /as long as/,
    ],
    [
      (m) => m.type === T.AsyncMaximumMessageSize ? [encodeMaximumSize(16, 16)] : polite(m),
      "ProtocolError",
      /takes 16 bytes/,
    ],
    [
      (m) =>
        m.type === T.Initialize
          ? [encodeMessage(T.InitializeResponse, 2, packParameter(0x0200, 7))]
          : polite(m),
      "LinkError",
      /demands a secure connection/,
    ],
  ];
  for (const [script, name, message] of table) {
    await using server = new ScriptedServer(script);
    await assert.rejects(open(server), { name, message });
  }
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(openHislip({ host: "127.0.0.1", port }), {
    name: "LinkError",
    message: /can't be reached/,
  });
});

Deno.test("write() numbers messages by two, splits them and says once that an answer was read", async () => {
  await using server = new ScriptedServer((m) =>
    m.type === T.DataEnd ? [encodeMessage(T.DataEnd, 0, m.parameter, m.payload)] : polite(m)
  );
  await using link = await open(server);
  assert.equal(await query(link, "1"), "1");
  await link.write(new Uint8Array(600).fill(65), false, within(10_000));
  await link.write(text.encode("B"), true, within(10_000));
  assert.equal(await answer(link), "B");
  await link.trigger?.(within(10_000));
  const status = link.readStatusByte?.(within(30));
  await assert.rejects(status ?? Promise.resolve(), { name: "TimeoutError" });
  assert.equal(await link.recover(within(10_000)), "device clear");
  assert.equal(await query(link, "2"), "2");
  const sent = server.seen.filter((m) =>
    [T.Data, T.DataEnd, T.Trigger, T.AsyncStatusQuery].some((type) => type === m.type)
  );
  assert.deepEqual(sent.map((m) => [m.type, m.control, m.parameter, m.payload.length]), [
    [T.DataEnd, 0, 0xffffff00, 1],
    [T.Data, 1, 0xffffff02, 256],
    [T.Data, 0, 0xffffff04, 256],
    [T.Data, 0, 0xffffff06, 88],
    [T.DataEnd, 0, 0xffffff08, 1],
    [T.Trigger, 1, 0xffffff0a, 0],
    [T.AsyncStatusQuery, 0, 0xffffff0a, 0],
    [T.DataEnd, 0, 0xffffff00, 1],
  ]);
});

Deno.test("recover() throws a late answer away, also one with the next query's MessageID", async () => {
  await using server = new ScriptedServer((m) => {
    if (m.type === T.DataEnd && m.payload[0] === 65) return undefined;
    if (m.type === T.DataEnd) return [encodeMessage(T.DataEnd, 0, m.parameter, m.payload)];
    if (m.type === T.DeviceClearComplete) {
      return [encodeMessage(T.DataEnd, 0, 0xffffff00, text.encode("late")), ...polite(m) ?? []];
    }
    return polite(m);
  });
  await using link = await open(server);
  await link.write(text.encode("A"), true, within(10_000));
  await assert.rejects(link.read(new Uint8Array(9), within(20)), { name: "TimeoutError" });
  await link.recover(within(10_000));
  assert.equal(await query(link, "B"), "B");
});

Deno.test("read() throws answers to earlier messages away in synchronized mode", async () => {
  await using server = new ScriptedServer((m, { async }) => {
    if (m.type !== T.DataEnd) return polite(m);
    const old = encodeMessage(T.DataEnd, 0, (m.parameter - 2) >>> 0, text.encode("old"));
    const own = encodeMessage(T.DataEnd, 0, m.parameter, m.payload);
    if (m.payload[0] === 65) return [old, own];
    const unknown = encodeMessage(T.Data, 0, 0xffffffff, text.encode("old"));
    const interrupted = encodeMessage(T.Interrupted, 0, m.parameter);
    writeAll(async, encodeMessage(T.AsyncInterrupted, 0, m.parameter)).catch(() => {});
    return [unknown, interrupted, own];
  });
  await using link = await open(server);
  assert.equal(await query(link, "A"), "A");
  for (let i = 0; i < 20; i++) {
    await link.write(text.encode("B"), true, within(10_000));
    // The whole answer is there before it is read; Interrupted voids what is before it.
    await systemClock.sleepUntil(systemClock.monotonic() + 2);
    assert.equal(await answer(link), "B");
  }
});

Deno.test("write() waits for AsyncInterrupted after Interrupted", async () => {
  await using server = new ScriptedServer((m) => {
    if (m.type !== T.DataEnd) return polite(m);
    return [
      encodeMessage(T.Interrupted, 0, m.parameter),
      encodeMessage(T.DataEnd, 0, m.parameter, m.payload),
    ];
  });
  await using link = await open(server);
  assert.equal(await query(link, "1"), "1");
  await assert.rejects(link.write(text.encode("2"), true, within(20)), { name: "TimeoutError" });
  const writing = link.write(text.encode("3"), true, within(10_000));
  await writeAll(server.async, encodeMessage(T.AsyncInterrupted, 0, 0xffffff00));
  await writing;
  assert.equal(await answer(link), "3");
});

Deno.test("read() fails at once when the peer ends, breaks or leaves the protocol in mid-block", async () => {
  const table: [Script, string, RegExp][] = [
    [() => [encodeMessage(T.FatalError, 0, 0)], "LinkError", /fatal error 0/],
    [() => [text.encode("HS\x07"), "close"], "LinkError", /closed the connection/],
    [() => [new Uint8Array(16)], "ProtocolError", /00 00 00 00/],
    [() => ["close"], "LinkError", /closed the connection/],
    [() => [encodeMessage(T.Error, 4, 0)], "ProtocolError", /4 \(message too large\)/],
    [
      (m) => {
        const huge = encodeMessage(T.Interrupted, 0, m.parameter);
        return [(new DataView(huge.buffer).setUint32(8, 2), huge)];
      },
      "ProtocolError",
      /no Interrupted has a payload of 8589934592 bytes/,
    ],
  ];
  for (const [script, name, message] of table) {
    await using server = new ScriptedServer((m, own) =>
      m.type === T.DataEnd ? script(m, own) : polite(m)
    );
    await using link = await open(server);
    await link.write(text.encode("?"), true, within(10_000));
    await assert.rejects(answer(link), { name, message });
    assert.equal(link.alive, /too large/.test(message.source));
  }
});

Deno.test("read() takes a block of ten gigabytes as it comes, and its loss", async () => {
  await using server = new ScriptedServer((m) => {
    if (m.type !== T.DataEnd) return polite(m);
    const block = encodeMessage(T.DataEnd, 0, m.parameter, new Uint8Array(1000));
    new DataView(block.buffer).setBigUint64(8, 10_000_000_000n);
    return [block];
  });
  await using link = await open(server);
  await link.write(text.encode("?"), true, within(10_000));
  const target = new Uint8Array(600);
  let count = 0;
  while (count < 1000) {
    const part = await link.read(target, within(10_000));
    assert.ok(!part.end && part.count <= 600);
    count += part.count;
  }
  const waiting = link.read(target, within(10_000));
  server.sync?.close();
  await assert.rejects(waiting, { name: "LinkError" });
  assert.equal(link.alive, false);
});

Deno.test("every operation ends at its deadline, its abort and at the closing of the link", async () => {
  const operations: Record<string, (link: Transport, io: ReturnType<typeof within>) => unknown> = {
    read: (link, io) => link.read(new Uint8Array(9), io),
    write: (link, io) => link.write(new Uint8Array(50_000_000), true, io),
    clear: (link, io) => link.clear?.(io),
    status: (link, io) => link.readStatusByte?.(io),
    lock: (link, io) => link.lock?.(io),
    unlock: (link, io) => link.unlock?.(io),
    remote: (link, io) => link.setRemote?.(true, io),
  };
  const deaf: Script = (m) => {
    if (m.type === T.AsyncDeviceClear) return undefined;
    if (m.type === T.Data) return ["deaf"];
    return polite(m);
  };
  for (const [name, operate] of Object.entries(operations)) {
    await using server = new ScriptedServer(deaf);
    {
      await using link = await open(server);
      await assert.rejects(async () => await operate(link, within(20)), { name: "TimeoutError" });
    }
    {
      await using link = await open(server);
      const giveUp = new AbortController();
      const operating = operate(link, within(10_000, giveUp.signal));
      giveUp.abort(new Error("given up"));
      await assert.rejects(async () => await operating, { message: "given up" }, name);
      await assert.rejects(async () => await operate(link, within(9, giveUp.signal)), {
        message: "given up",
      });
    }
    {
      const link = await open(server);
      const operating = operate(link, within(10_000));
      const rejected = assert.rejects(async () => await operating, { name: "LinkError" }, name);
      await link[Symbol.asyncDispose]();
      await rejected;
      await link[Symbol.asyncDispose]();
      assert.equal(link.alive, false);
      await assert.rejects(async () => await operate(link, within(9)), { name: "LinkError" });
    }
  }
});

Deno.test("operations leave no listener at the signal", async () => {
  await using server = new ScriptedServer((m) =>
    m.type === T.DataEnd ? [encodeMessage(T.DataEnd, 0, m.parameter, m.payload)] : polite(m)
  );
  await using link = await open(server);
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  await link.write(text.encode("1"), true, within(10_000, signal));
  await link.read(new Uint8Array(9), within(10_000, signal));
  await assert.rejects(link.read(new Uint8Array(9), within(20, signal)), { name: "TimeoutError" });
  await link.recover(within(10_000, signal));
  assert.equal(listeners, 0);
});

Deno.test("recover() gives the link up when a device clear is not answered", async () => {
  for (const silent of [T.AsyncDeviceClear, T.DeviceClearComplete]) {
    await using server = new ScriptedServer((m) => m.type === silent ? undefined : polite(m));
    await using link = await open(server);
    await assert.rejects(link.recover(within(20)), { name: "LinkError", message: /Open it anew/ });
    assert.equal(link.alive, false);
  }
});

Deno.test("recover() can be given up and done again", async () => {
  let silent = true;
  await using server = new ScriptedServer((m) => {
    if (m.type === T.DataEnd) return [encodeMessage(T.DataEnd, 0, m.parameter, m.payload)];
    return m.type === T.AsyncDeviceClear && silent ? undefined : polite(m);
  });
  await using link = await open(server);
  const giveUp = new AbortController();
  const recovering = link.recover(within(10_000, giveUp.signal));
  giveUp.abort(new Error("given up"));
  await assert.rejects(recovering, { message: "given up" });
  await assert.rejects(link.write(text.encode("1"), true, within(10_000)), { name: "LinkError" });
  silent = false;
  await writeAll(server.async, encodeMessage(T.AsyncDeviceClearAcknowledge, 0, 0));
  await link.recover(within(10_000));
  assert.equal(await query(link, "2"), "2");
});

Deno.test("a late status byte is not taken for the next one", async () => {
  let asked = 0;
  await using server = new ScriptedServer((m) => {
    if (m.type !== T.AsyncStatusQuery) return polite(m);
    asked++;
    if (asked === 1) return undefined;
    return [encodeMessage(T.AsyncStatusResponse, 1, 0), encodeMessage(T.AsyncStatusResponse, 2, 0)];
  });
  await using link = await open(server);
  await assert.rejects(async () => await link.readStatusByte?.(within(20)), {
    name: "TimeoutError",
  });
  assert.equal(await link.readStatusByte?.(within(10_000)), 2);
});

Deno.test("a lock that is granted too late is given back", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using server = new ScriptedServer((m) => {
    if (m.type !== T.AsyncLock) return polite(m);
    if (m.control === 0) release();
    return undefined;
  });
  await using link = await open(server);
  await assert.rejects(async () => await link.lock?.(within(20)), { name: "TimeoutError" });
  await writeAll(server.async, encodeMessage(T.AsyncLockResponse, 1, 0));
  await released;
});

Deno.test("unknown messages are skipped and answered with an error", async () => {
  const { promise: told, resolve } = Promise.withResolvers<number>();
  await using server = new ScriptedServer((m) => {
    if (m.type === T.Error) resolve(m.control);
    if (m.type !== T.DataEnd) return polite(m);
    return [
      encodeMessage(99, 0, 0, new Uint8Array(300)),
      encodeMessage(T.GetDescriptorsResponse, 0, 0, new Uint8Array(30)),
      encodeMessage(T.DataEnd, 0, m.parameter, m.payload),
    ];
  });
  await using link = await open(server);
  assert.equal(await query(link, "?"), "?");
  assert.equal(await told, 1);
});
