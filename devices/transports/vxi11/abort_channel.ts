/**
 * The abort channel of VXI-11: ends what is under way on the core channel.
 *
 * @module
 */

import { LinkError } from "../errors.ts";
import { RpcClient } from "../rpc/client.ts";
import type { RpcAddress } from "../rpc/connection.ts";
import type { Io } from "../transport.ts";
import { Code, meaning, Proc, Program, VERSION } from "./protocol.ts";

/** A second connection to the instrument, made when it is needed first and kept then. */
export class AbortChannel implements AsyncDisposable {
  readonly #address: RpcAddress;
  #rpc: RpcClient | undefined;

  /** @param address Where the instrument takes aborts; port 0 if it takes none. */
  constructor(address: RpcAddress) {
    this.#address = address;
  }

  /**
   * Aborts the call that is under way on a link; it answers then.
   *
   * @throws {LinkError} If the instrument takes no aborts.
   * @throws {TimeoutError} If the deadline passes.
   */
  async abort(link: number, io: Io): Promise<void> {
    const { resource, port } = this.#address;
    const doing = `abort what is under way on ${resource}`;
    if (port === 0) {
      throw new LinkError(`Cannot ${doing}, as it has no abort channel`, resource);
    }
    if (this.#rpc === undefined || !this.#rpc.alive) {
      this.#rpc = await RpcClient.connect(this.#address, io);
    }
    const code = await this.#rpc.call({
      program: Program.abort,
      version: VERSION,
      procedure: Proc.deviceAbort,
      doing,
      put: (writer) => writer.u32(link),
      take: (reader) => reader.u32(),
    }, io);
    if (code !== Code.ok) {
      throw new LinkError(
        `Cannot ${doing}, as ${meaning(code)} (VXI-11 error ${code})`,
        resource,
      );
    }
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rpc?.[Symbol.asyncDispose]();
  }
}
