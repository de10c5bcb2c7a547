import { readCall } from "../../../../devices/transports/rpc/messages.ts";
import { RecordAssembler } from "../../../../devices/transports/rpc/records.ts";
import { XdrReader, XdrWriter } from "../../../../devices/transports/rpc/xdr.ts";
import { Proc } from "../../../../devices/transports/vxi11/protocol.ts";

/** A call as the script sees it. */
export interface Scripted {
  readonly xid: number;
  readonly procedure: number;
  readonly args: XdrReader;
  /** Sends bytes as they are. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Closes the connection. */
  readonly close: () => void;
}

/** A successful reply with the record's mark. */
export function reply(xid: number, ...fields: (number | Uint8Array)[]): Uint8Array {
  const writer = new XdrWriter().u32(0).u32(xid).u32(1).u32(0).zeros(8).u32(0);
  for (const field of fields) {
    if (typeof field === "number") writer.u32(field);
    else writer.opaque(field);
  }
  return writer.patch(0, (0x80000000 | (writer.length - 4)) >>> 0).bytes();
}

/** A server that does what a test wants, byte by byte. */
export class ScriptedServer implements AsyncDisposable {
  readonly calls: number[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns = new Set<Deno.TcpConn>();
  #closed = false;
  readonly #work: Promise<void>[] = [];

  constructor(script: (call: Scripted) => void | Promise<void>) {
    this.#work.push((async () => {
      for await (const conn of this.#listener) {
        this.#conns.add(conn);
        this.#work.push(this.#serve(conn, script));
      }
    })());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(conn: Deno.TcpConn, script: (call: Scripted) => void | Promise<void>) {
    const close = (): void => {
      if (this.#conns.delete(conn)) conn.close();
    };
    const assembler = new RecordAssembler("script", 16 * 1024 * 1024);
    const chunk = new Uint8Array(65_536);
    try {
      for (;;) {
        const count = await conn.read(chunk);
        if (count === null) break;
        assembler.push(chunk.subarray(0, count), (record) => {
          const args = new XdrReader(record.slice(), "script");
          const { xid, procedure } = readCall(args, "script");
          this.calls.push(procedure);
          const send = async (bytes: Uint8Array) => {
            for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
          };
          this.#work.push(
            Promise.resolve(script({ xid, procedure, args, send, close })).catch(() => {}),
          );
        });
      }
    } catch {
      // The client has gone.
    }
    close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) this.#listener.close();
    this.#closed = true;
    for (const conn of this.#conns) conn.close();
    this.#conns.clear();
    for (let i = 0; i < this.#work.length; i++) await this.#work[i];
  }
}

/** What every instrument does, however the test's own script treats the rest. */
export function instrument(
  script: (call: Scripted) => void | Promise<void>,
  abortPort: () => number = () => 0,
): ScriptedServer {
  return new ScriptedServer((call) => {
    if (call.procedure === Proc.createLink) {
      return call.send(reply(call.xid, 0, 0, abortPort(), 4096));
    }
    if (call.procedure === Proc.destroyLink) return call.send(reply(call.xid, 0));
    return script(call);
  });
}
