/**
 * Captures of TCP connections as files for tshark, made of what a program reads and writes: that needs no
 * permission of the machine, and loses nothing.
 *
 * @module
 */

/** What went over one connection. */
interface Flow {
  readonly from: number;
  readonly to: number;
  readonly sent: [number, number];
}

/** Records all connections that are made by `Deno.connect` until it is disposed. */
export class Recorder implements Disposable {
  readonly #connect = Deno.connect;
  readonly #packets: Uint8Array[] = [header()];

  constructor() {
    const record = async (options: Deno.ConnectOptions): Promise<Deno.TcpConn> => {
      const conn = await this.#connect(options);
      const flow: Flow = { from: conn.localAddr.port, to: conn.remoteAddr.port, sent: [1, 1] };
      const { read, write } = conn;
      conn.read = async (target) => {
        const count = await read.call(conn, target);
        if (count !== null) this.#add(flow, 1, target.slice(0, count));
        return count;
      };
      conn.write = (data) => {
        // It may be changed after it was written.
        this.#add(flow, 0, data.slice());
        return write.call(conn, data);
      };
      return conn;
    };
    Deno.connect = record as typeof Deno.connect;
  }

  /** The file. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#packets.flatMap((packet) => [...packet]));
  }

  [Symbol.dispose](): void {
    Deno.connect = this.#connect;
  }

  #add(flow: Flow, side: 0 | 1, data: Uint8Array): void {
    if (data.length > 60_000) throw new RangeError("a packet holds 60,000 bytes");
    this.#packets.push(packet(flow, side, data));
    flow.sent[side] += data.length;
  }
}

function header(): Uint8Array {
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, 0xA1B2C3D4);
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(16, 65_535);
  // Link type 101: IP packets with nothing before them.
  view.setUint32(20, 101);
  return new Uint8Array(view.buffer);
}

function packet({ from, to, sent }: Flow, side: 0 | 1, data: Uint8Array): Uint8Array {
  const length = 40 + data.length;
  const bytes = new Uint8Array(16 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, length);
  view.setUint32(12, length);
  const ip = 16;
  view.setUint8(ip, 0x45);
  view.setUint16(ip + 2, length);
  view.setUint8(ip + 8, 64);
  view.setUint8(ip + 9, 6);
  view.setUint32(ip + 12, 0x7F000001);
  view.setUint32(ip + 16, 0x7F000001);
  const tcp = ip + 20;
  view.setUint16(tcp, side === 0 ? from : to);
  view.setUint16(tcp + 2, side === 0 ? to : from);
  view.setUint32(tcp + 4, sent[side]);
  view.setUint32(tcp + 8, sent[side === 0 ? 1 : 0]);
  view.setUint8(tcp + 12, 0x50);
  view.setUint8(tcp + 13, 0x18);
  view.setUint16(tcp + 14, 65_535);
  bytes.set(data, tcp + 20);
  return bytes;
}
