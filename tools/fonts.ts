/**
 * Makes the fonts of pictures anew: parts of DejaVu Sans, without hints, which a picture's small letters do without.
 *
 * `deno run -A tools/fonts.ts FOLDER`, with the folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf (Debian's package
 * fonts-dejavu-core has them in /usr/share/fonts/truetype/dejavu) and pyftsubset of PyPI's fonttools on the path.
 *
 * @module
 */

import { brotliCompressSync } from "node:zlib";

/** Letters with accents, Greek, Cyrillic, and what names of quantities and units are written with. */
const CHARACTERS = [
  "0020-007E,00A0-017F,0192,0218-021B,0259,02BC,02C6-02DD,0300-0304,0307,0308,030A", // Latin
  "0370-03FF,0400-045F", // Greek, Cyrillic
  "2002-200B,2010-2027,202F,2030-203A,205F,2070-209C,20AC", // spaces, dashes, super- and subscripts
  "2100-214F,2150-215F", // ℃, Å, Ω, ℓ, ħ, fractions
  "2190-2199,21CC,21D2,21D4,2200-22FF,2300,2308-230B", // arrows, mathematics, ⌀
  "25A0-25CF,2605,2606,2713,2717,FFFD", // shapes that marks are named with
].join(",");

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
        `--unicodes=${CHARACTERS}`,
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
