/**
 * One transfer of Windows that goes on by itself.
 *
 * @module
 */

const SIZE = 32;
const STATUS_AT = 0;
const COUNT_AT = 8;
const EVENT_AT = 24;
const STATUS = { done: 0, timeout: 0x102, pending: 0x103, cancelled: 0xc0000120 } as const;

/** Memory of transfers that would not end when they were cancelled: Windows may still write to it. */
const abandoned = new Set<Overlapped>();

/** A transfer's structure and its memory, which must not move or be freed while it is under way. */
export class Overlapped {
  /** The bytes that are carried. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** The `OVERLAPPED` structure. */
  readonly structure: Uint8Array<ArrayBuffer>;
  readonly #fields: DataView;
  #started = false;

  /**
   * @param size Bytes of room.
   * @param event What is set when it ends.
   */
  constructor(size: number, event: bigint) {
    this.buffer = new Uint8Array(new ArrayBuffer(size));
    this.structure = new Uint8Array(new ArrayBuffer(SIZE));
    this.#fields = new DataView(this.structure.buffer);
    this.#fields.setBigUint64(EVENT_AT, event, true);
  }

  /** Makes the structure ready for a transfer. */
  begin(): void {
    this.#fields.setBigUint64(STATUS_AT, BigInt(STATUS.pending), true);
    this.#fields.setBigUint64(COUNT_AT, 0n, true);
    this.#started = true;
  }

  /** Lets go of a transfer that has ended, or that was refused. */
  end(): void {
    this.#started = false;
  }

  /** Whether a transfer was begun and not let go of. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether it goes on. */
  get pending(): boolean {
    return this.#started && this.#status === STATUS.pending;
  }

  /** Whether it ended otherwise than by itself, by being cancelled or by its time. */
  get failed(): boolean {
    const status = this.#status;
    return this.#started && status !== STATUS.pending && status !== STATUS.done &&
      status !== STATUS.timeout && status !== STATUS.cancelled;
  }

  /** How many bytes were carried. */
  get count(): number {
    return this.#status === STATUS.done ? this.#fields.getUint32(COUNT_AT, true) : 0;
  }

  /** Keeps the memory for ever if the transfer still goes on. */
  abandon(): void {
    if (this.pending) abandoned.add(this);
  }

  get #status(): number {
    return this.#fields.getUint32(STATUS_AT, true);
  }
}
