/**
 * Drawings as SVG.
 *
 * @module
 */

import type { Box, CellsShape, DisplayList, Shape } from "./display_list.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text that is safe in an element and in an attribute; characters that XML can't hold are replaced. */
function escape(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "")
    // deno-lint-ignore no-control-regex -- these are what XML 1.0 forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .toWellFormed();
}

/** A number of pixels, to a hundredth. */
function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Points as the data of a path. */
function pathData(points: Float64Array, closed: boolean): string {
  let data = "";
  let down = false;
  for (let k = 0; k + 1 < points.length; k += 2) {
    const x = points[k] ?? NaN;
    const y = points[k + 1] ?? NaN;
    if (Number.isNaN(x)) {
      if (down && closed) data += "Z";
      down = false;
      continue;
    }
    data += `${down ? "L" : "M"}${px(x)} ${px(y)}`;
    down = true;
  }
  return closed && down ? `${data}Z` : data;
}

/** Cells as one path for each colour. */
function cellPaths({ boxes, color, palette }: CellsShape): string {
  const byColor = new Map<number, string>();
  for (let k = 0; k < color.length; k++) {
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(k * 4, k * 4 + 4);
    if (width === 0 || height === 0) continue;
    const box = `M${px(x)} ${px(y)}h${px(width)}v${px(height)}h${px(-width)}Z`;
    const index = color[k] ?? 0;
    byColor.set(index, (byColor.get(index) ?? "") + box);
  }
  return [...byColor].sort(([a], [b]) => a - b)
    .map(([index, data]) =>
      `<path fill="${escape(palette[index] ?? "none")}" data-color="${index}" d="${data}"/>`
    )
    .join("\n");
}

/** An element's attributes; those that are undefined are left out. */
function attributes(of: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(of)
    .map(([name, value]) => value === undefined ? "" : ` ${name}="${escape(value)}"`)
    .join("");
}

function optional(value: number | undefined): string | undefined {
  return value === undefined ? undefined : px(value);
}

function element(shape: Shape): string {
  const common = { class: shape.role, "data-series": shape.series };
  switch (shape.kind) {
    case "line":
      return `<path${
        attributes({
          ...common,
          fill: "none",
          stroke: shape.stroke,
          "stroke-width": px(shape.width),
          "stroke-linejoin": shape.role === "line" ? "bevel" : undefined,
          "stroke-dasharray": shape.dash?.map(px).join(" "),
          opacity: optional(shape.opacity),
          d: pathData(shape.points, false),
        })
      }/>`;
    case "area":
      return `<path${
        attributes({
          ...common,
          fill: shape.fill,
          opacity: optional(shape.opacity),
          d: pathData(shape.points, true),
        })
      }/>`;
    case "dots": {
      // A line of no length with round ends is a disc, in a fraction of the text of circles.
      let data = "";
      for (let k = 0; k + 1 < shape.points.length; k += 2) {
        data += `M${px(shape.points[k] ?? 0)} ${px(shape.points[k + 1] ?? 0)}h0`;
      }
      return `<path${
        attributes({
          ...common,
          fill: "none",
          stroke: shape.fill,
          "stroke-width": px(shape.radius * 2),
          "stroke-linecap": "round",
          opacity: optional(shape.opacity),
          d: data,
        })
      }/>`;
    }
    case "box": {
      const { x, y, width, height } = shape.box;
      return `<rect${
        attributes({
          ...common,
          x: px(x),
          y: px(y),
          width: px(width),
          height: px(height),
          fill: shape.fill,
        })
      }/>`;
    }
    case "cells":
      return `<g${attributes({ ...common, "shape-rendering": "crispEdges" })}>\n${
        cellPaths(shape)
      }\n</g>`;
    case "text":
      return `<text${
        attributes({
          ...common,
          x: px(shape.x),
          y: px(shape.y),
          "font-size": px(shape.size),
          "font-weight": shape.bold === true ? "bold" : undefined,
          fill: shape.fill,
          "text-anchor": shape.anchor === "start" ? undefined : shape.anchor,
          transform: shape.rotate === undefined
            ? undefined
            : `rotate(${px(shape.rotate)} ${px(shape.x)} ${px(shape.y)})`,
        })
      }>${escape(shape.text)}</text>`;
  }
}

/** How {@linkcode toSvg} writes. */
export interface SvgOptions {
  /** What ids begin with, to be told apart in a document of several drawings. @default "plot" */
  readonly id?: string;
}

/**
 * A drawing as the text of an SVG file: self-contained, with nothing to be fetched, named and described for screen
 * readers.
 *
 * Paths of data have the class `line`, `band`, `points` or `cells` and their series' name in `data-series`. The element
 * `metadata` holds the axes as JSON ({@linkcode AxisNote}), by which the values can be read back off the paths.
 *
 * @param list The drawing.
 * @returns XML in UTF-8.
 */
export function toSvg(list: DisplayList, { id = "plot" }: SvgOptions = {}): string {
  const { width, height, font, title, description, axes, shapes } = list;
  const clips: Box[] = [];
  const body: string[] = [];
  let clip: Box | undefined;
  for (const shape of shapes) {
    if (shape.clip !== clip) {
      if (clip !== undefined) body.push("</g>");
      clip = shape.clip;
      if (clip !== undefined) {
        if (!clips.includes(clip)) clips.push(clip);
        body.push(`<g clip-path="url(#${escape(id)}-clip${clips.indexOf(clip)})">`);
      }
    }
    body.push(element(shape));
  }
  if (clip !== undefined) body.push("</g>");
  const defs = clips.map((box, at) =>
    `<clipPath id="${escape(id)}-clip${at}"><rect x="${px(box.x)}" y="${px(box.y)}" width="${
      px(box.width)
    }" height="${px(box.height)}"/></clipPath>`
  );
  const [w, h] = [px(width), px(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"` +
    ` role="img" aria-labelledby="${escape(id)}-title ${escape(id)}-desc"` +
    ` font-family="${escape(font)}">`,
    `<title id="${escape(id)}-title">${escape(title)}</title>`,
    `<desc id="${escape(id)}-desc">${escape(description)}</desc>`,
    `<metadata>${escape(JSON.stringify({ axes }))}</metadata>`,
    ...(defs.length > 0 ? [`<defs>${defs.join("")}</defs>`] : []),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}
