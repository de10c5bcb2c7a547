/**
 * What a system must do for a serial port. Each system has its own; tests have theirs.
 *
 * @module
 */

import type { LineErrors, ModemLines, OutputLines, SerialPortInfo } from "./control.ts";
import type { SerialSettings } from "./options.ts";

/** What a system is asked to open. */
export interface SerialRequest {
  /** What the user wrote. */
  readonly path: string;
  /** What it is called in messages. */
  readonly resource: string;
  /** How it is set up. */
  readonly settings: SerialSettings;
}

/** Serial ports as a system has them. */
export interface SerialSystem {
  /**
   * Opens a port, locks it and sets it up.
   *
   * @throws {LinkError} If that can't be done.
   */
  open(request: SerialRequest): SerialHandle;
  /** The ports that there are. */
  ports(): SerialPortInfo[];
  /**
   * Makes a pseudo terminal, on a system that has them. Its path is the end for others.
   *
   * @throws {LinkError} If that can't be done.
   */
  pseudoTerminal?(): SerialHandle;
}

/**
 * An open port. Nothing here waits: what would have to says so, and {@linkcode SerialHandle.when} tells when
 * it is worth to try again. Each method throws a LinkError when the port is gone.
 */
export interface SerialHandle {
  /** The device itself. */
  readonly path: string;
  /** As the driver says. */
  readonly baudRate: number;
  /** Whether the driver took it. */
  readonly lowLatency: boolean;
  /** False once the device is gone. */
  present(): boolean;
  /** Takes what there is; zero if there is nothing yet. */
  read(target: Uint8Array): number;
  /** Gives what there is room for; zero if there is none. */
  write(data: Uint8Array): number;
  /**
   * Calls back once, when trying again is worth while or the device is gone.
   *
   * @returns Takes that back.
   */
  when(direction: Direction, callback: () => void): () => void;
  /** Bytes received and not read. */
  inputWaiting(): number;
  /** Bytes written and not sent. */
  outputWaiting(): number;
  /** Throws bytes away. */
  flush(input: boolean, output: boolean): void;
  /** Goes on with output that the other side stopped by XOFF. */
  resumeOutput(): void;
  /** Starts or ends a break. */
  setBreak(on: boolean): void;
  /** The modem lines. */
  modemLines(): ModemLines;
  /** Drives lines. */
  setLines(lines: Partial<OutputLines>): void;
  /** What the driver counted. */
  lineErrors(): LineErrors;
  /** Gives it back. A second call does nothing. */
  close(): Promise<void>;
}

/** What is waited for. */
export type Direction = "read" | "write";
