/**
 * The files that the page loads, carried as text so that no permission is needed to read them.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** A file that the page loads. */
export interface Asset {
  /** Its name, such as `"page.js"`. */
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  /** Its text. */
  readonly text: string;
}

/** A file as it is served. */
export interface ServedAsset extends Asset {
  /** The name under which it may be kept for ever, as it holds a digest of the text. */
  readonly path: string;
  /** The text, compressed; made when it is first asked for. */
  gzip(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Files by the names under which they are served. */
export class Assets {
  readonly #byName = new Map<string, ServedAsset>();
  readonly #byPath = new Map<string, ServedAsset>();

  /** Serves those files. */
  constructor(assets: readonly Asset[]) {
    for (const asset of assets) {
      const hash = createHash("sha256").update(asset.text).digest("hex").slice(0, 16);
      let compressed: Promise<Uint8Array<ArrayBuffer>> | undefined;
      const served = {
        ...asset,
        path: asset.name.replace(/(?=\.[^.]*$)/, `.${hash}`),
        gzip: () => compressed ??= gzip(asset.text),
      };
      this.#byName.set(served.name, served);
      this.#byPath.set(served.path, served);
    }
  }

  /** The file of that name, if there is one. */
  named(name: string): ServedAsset | undefined {
    return this.#byName.get(name);
  }

  /** The file that is served under that path, if there is one. */
  at(path: string): ServedAsset | undefined {
    return this.#byPath.get(path);
  }
}

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}
