/**
 * Draws a terminal's text as SVG, for the documentation.
 *
 * `tmux capture-pane -p | deno run tools/picture.ts > docs/images/run.svg`
 *
 * @module
 */

const SIZE = 14;
const LINE = 20;
const WIDTH = 8.43;
const MARGIN = 18;

/** The SVG of a terminal that shows these lines. */
export function terminalPicture(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * WIDTH + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.map((line, i) => {
    const prompt = line.startsWith("$ ");
    const colour = prompt ? ' fill="#7fd1ae"' : "";
    return `<text x="${MARGIN}" y="${MARGIN + (i + 0.75) * LINE}"${colour}>${escaped(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="A terminal">`,
    `<rect width="100%" height="100%" rx="8" fill="#15191e"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" ` +
    `font-size="${SIZE}" fill="#d8dee6">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function escaped(text: string): string {
  // Viewers differ in whether they keep spaces; they all keep these.
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll(" ", "\u00a0");
}

if (import.meta.main) {
  const text = await new Response(Deno.stdin.readable).text();
  // deno-lint-ignore no-console -- a command's output
  console.log(terminalPicture(text.trimEnd().split("\n")).trimEnd());
}
