/**
 * Makes the fonts of pictures anew: parts of DejaVu Sans, without hints, which a picture's small letters do without.
 *
 * `deno run -A tools/fonts.ts FOLDER`, with the folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf (Debian's package
 * fonts-dejavu-core has them in /usr/share/fonts/truetype/dejavu) and pyftsubset of PyPI's fonttools on the path.
 *
 * @module
 */

import { brotliCompressSync } from "node:zlib";
import { CHARACTERS } from "../pictures/characters.ts";

const FONTS = [["DejaVuSans.ttf", "dejavu_sans.txt"], [
  "DejaVuSans-Bold.ttf",
  "dejavu_sans_bold.txt",
]];

if (import.meta.main) {
  const [folder = "."] = Deno.args;
  const target = new URL("../pictures/assets/", import.meta.url);
  for (const [font = "", text = ""] of FONTS) {
    const subset = Deno.makeTempFileSync({ suffix: ".ttf" });
    const { success, stderr } = await new Deno.Command("pyftsubset", {
      args: [
        `${folder}/${font}`,
        `--unicodes=${CHARACTERS.join(",")}`,
        "--no-hinting",
        "--desubroutinize",
        "--layout-features=kern,mark,mkmk,ccmp",
        `--output-file=${subset}`,
      ],
    }).output();
    if (!success) throw new Error(`Cannot make ${text}: ${new TextDecoder().decode(stderr)}`);
    const packed = brotliCompressSync(Deno.readFileSync(subset)).toString("base64");
    Deno.writeTextFileSync(new URL(text, target), `${packed.replace(/.{100}/g, "$&\n")}\n`);
    Deno.removeSync(subset);
  }
}
