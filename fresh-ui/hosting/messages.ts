/**
 * What the main thread and the page's Worker say to each other.
 *
 * @module
 */

import type { Asset } from "../assets.ts";
import type { ControlAnswer, ControlRequest, Status } from "../protocol.ts";
import type { Address } from "./listen.ts";

/** What the Worker needs to begin. */
export interface HostOptions {
  /** The session's file. */
  readonly file: string;
  /** The address of this computer at which it listens. */
  readonly host: string;
  /** The port, if it matters. */
  readonly port: number | undefined;
  /** The path under which the page is. */
  readonly base: string;
  /** What everybody must know who wants to see it. */
  readonly token: string | undefined;
  /** Names of this server. */
  readonly hosts: readonly string[] | undefined;
  /** Whether the run may be asked for something. */
  readonly control: boolean;
  /** The files that the page loads. */
  readonly assets: readonly Asset[];
}

/** From the main thread. */
export type ToHost =
  | { readonly kind: "open"; readonly options: HostOptions }
  | { readonly kind: "status"; readonly status: Status | undefined }
  | { readonly kind: "answer"; readonly id: number; readonly answer: ControlAnswer }
  | { readonly kind: "close" };

/** From the Worker. */
export type FromHost =
  | { readonly kind: "listening"; readonly addr: Address }
  | { readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly kind: "trouble"; readonly message: string }
  | {
    readonly kind: "control";
    readonly id: number;
    readonly request: ControlRequest;
    readonly who: string;
  }
  | { readonly kind: "closed" };
