/**
 * What the main thread and the pictures' Worker say to each other.
 *
 * @module
 */

import type { PackedAssets } from "../../pictures/packed.ts";
import type { DrawingRequest, DrawnPlot } from "./drawings.ts";

/** A kind of picture. */
export type PictureFormat = "png" | "svg";

/** A picture without its bytes. */
export type PictureFacts = Omit<DrawnPlot, "svg">;

/** From the main thread. */
export type ToPictures =
  /** What PNGs are made with; comes before the first. */
  | { readonly kind: "assets"; readonly assets: PackedAssets }
  /** Plots of a file are wanted. */
  | {
    readonly kind: "plots";
    readonly file: string;
    readonly request: DrawingRequest;
    readonly format: PictureFormat;
  }
  /** A drawing is wanted as PNG. */
  | { readonly kind: "drawing"; readonly svg: string; readonly scale: number };

/** From the Worker. */
export type FromPictures =
  | {
    readonly kind: "picture";
    readonly facts: PictureFacts;
    readonly bytes: Uint8Array<ArrayBuffer>;
  }
  | { readonly kind: "png"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };
