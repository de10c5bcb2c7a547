/**
 * A report as HTML that mail programs show.
 *
 * @module
 */

import type { TroubleWords } from "./trouble_words.ts";
import type { PlotWords, ReportWords, TaskWords, ValueWords } from "./words.ts";

/** The page's colours. Many programs know no style sheet, so that the light ones stand at each element. */
const LIGHT = {
  paper: "#f6f5f1",
  sheet: "#fffefb",
  ink: "#16191d",
  soft: "#5b626b",
  line: "#dcd9d1",
  hair: "#e8e6df",
  good: "#1a7f4b",
  warn: "#9a6200",
  bad: "#b3261e",
  quiet: "#5b626b",
  warnSheet: "#fbf1dc",
  badSheet: "#fbe6e3",
} as const;

/** In the dark, for programs that know style sheets; others turn the colours round by themselves. */
const DARK = `:root{color-scheme:light dark}
.n{font-variant-numeric:tabular-nums}
@media (prefers-color-scheme:dark){
.paper{background:#101316!important}
.sheet{background:#171b1f!important;border-color:#2b3137!important}
.ink{color:#e9ecee!important}
.soft{color:#a0a8b0!important}
.hair{border-color:#22272c!important}
.good{color:#4cc38a!important}
.warn{color:#e3a43c!important}
.bad{color:#f2736a!important}
.quiet{color:#a0a8b0!important}
.now-warning{background:#2a2213!important}
.now-error{background:#2f1a19!important}
.picture{border-color:#2b3137!important}
}`;

const SANS =
  `system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif`;

/** Widest, pixels. */
const WIDTH = 720;

/** A text as it stands between tags and in double quotes. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => names[character] ?? "");
}

const esc = escapeHtml;

/** A table that only puts things in their places. */
function frame(content: string, attributes = ""): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"${attributes}>${content}</table>`;
}

/**
 * The report as a whole document: tables, styles at each element, nothing that has to be fetched. Pictures are named
 * by `cid:`. No text of the data is taken for HTML.
 *
 * @param words The report in words.
 */
export function reportHtml(words: ReportWords): string {
  const parts = [
    head(words),
    ...words.standing.length > 0 ? [sheet("Wrong now", "", standing(words.standing))] : [],
    sheet("Last values", words.since, values(words)),
    sheet("What went wrong", words.since, troubles(words)),
    ...words.plots.map((plot) => sheet(plot.title, "", picture(plot))),
    ...words.tasks.length > 0 ? [sheet("Tasks", "", tasks(words))] : [],
    ...words.notes.length > 0 ? [sheet("Notes", "", words.notes.map(paragraph).join(""))] : [],
  ];
  const rows = parts.map((part) => `<tr><td style="padding:0 0 12px 0">${part}</td></tr>`).join(
    "\n",
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${esc(words.title)}: ${esc(words.state)}</title>
<style>${DARK}</style>
</head>
<body class="paper" style="margin:0;padding:0;background:${LIGHT.paper}">
${
    frame(
      `<tr><td align="center" style="padding:12px 10px 4px 10px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:${WIDTH}px;font-family:${SANS};font-size:15px;line-height:1.45;text-align:left">
${rows}
</table>
</td></tr>`,
      ` class="paper" style="background:${LIGHT.paper}"`,
    )
  }
</body>
</html>
`;
}

/** A sheet with a heading. */
function sheet(title: string, note: string, content: string): string {
  const heading =
    `<h2 class="ink" style="margin:0;padding:0 0 6px 0;font-size:15px;font-weight:600;color:${LIGHT.ink};word-break:break-word">${
      esc(title)
    }${note === "" ? "" : ` <span class="soft" style="${small}">${esc(note)}</span>`}</h2>`;
  return box(heading + content);
}

function box(content: string): string {
  return frame(
    `<tr><td class="sheet" style="padding:12px 14px;background:${LIGHT.sheet};border:1px solid ${LIGHT.line};border-radius:6px">${content}</td></tr>`,
  );
}

const small = `font-size:13px;font-weight:400;color:${LIGHT.soft}`;

function paragraph(text: string): string {
  return `<p class="soft" style="margin:0;padding:2px 0;${small};word-break:break-word">${
    esc(text)
  }</p>`;
}

function head(words: ReportWords): string {
  const { title, state, mood, reason, facts } = words;
  const titleLine =
    `<h1 class="ink" style="margin:0;font-size:21px;line-height:1.25;font-weight:650;color:${LIGHT.ink};word-break:break-word">${
      esc(title)
    } <span class="${mood}" style="font-size:15px;font-weight:600;white-space:nowrap;color:${
      LIGHT[mood]
    }">● ${esc(state)}</span></h1>`;
  const why = reason === ""
    ? ""
    : `<p class="ink" style="margin:0;padding:6px 0 0 0;font-size:16px;color:${LIGHT.ink};word-break:break-word">${
      esc(reason)
    }</p>`;
  const rows = facts.map(([name, text]) =>
    `<tr><td class="soft" valign="top" style="padding:2px 12px 2px 0;white-space:nowrap;font-size:14px;color:${LIGHT.soft}">${
      esc(name)
    }</td><td class="ink n" width="100%" style="padding:2px 0;font-size:14px;color:${LIGHT.ink};word-break:break-word">${
      esc(text)
    }</td></tr>`
  ).join("\n");
  return box(`${titleLine}${why}${frame(rows, ` style="margin-top:8px"`)}`);
}

function standing(all: readonly TroubleWords[]): string {
  return all.map((one) =>
    frame(
      `<tr><td class="now-${one.level}" style="padding:8px 10px;background:${
        one.level === "error" ? LIGHT.badSheet : LIGHT.warnSheet
      };border-radius:4px">${trouble(one)}</td></tr>`,
      ` style="margin-top:4px"`,
    )
  ).join("\n");
}

function trouble({ title, when, messages, level }: TroubleWords): string {
  const mood = level === "error" ? "bad" : level === "warning" ? "warn" : "quiet";
  return `<span class="${mood}" style="font-weight:600;color:${
    LIGHT[mood]
  };word-break:break-word">${esc(title)}</span>` +
    (when === "" ? "" : ` <span class="soft n" style="${small}">${esc(when)}</span>`) +
    messages.map((message) =>
      `<br><span class="ink" style="font-size:14px;color:${LIGHT.ink};word-break:break-word">${
        esc(message)
      }</span>`
    ).join("");
}

function troubles({ troubles, troublesNote }: ReportWords): string {
  const rows = troubles.map((one) =>
    `<tr><td class="hair" style="padding:6px 0;border-top:1px solid ${LIGHT.hair}">${
      trouble(one)
    }</td></tr>`
  ).join("\n");
  return (rows === "" ? "" : frame(rows)) + (troublesNote === "" ? "" : paragraph(troublesNote));
}

// The heads say at once how each column stands; the cells below inherit what they can, as large messages are cut.
function headCell(text: string, align: "left" | "right"): string {
  return `<th class="soft" align="${align}" style="padding:2px ${
    align === "left" ? "8px 4px 0" : "0 4px 8px"
  };font-size:13px;font-weight:500;color:${LIGHT.soft}">${esc(text)}</th>`;
}

function values({ values, valuesNote }: ReportWords): string {
  if (values.length === 0) return paragraph(valuesNote);
  const header = `<tr>${headCell("Variable", "left")}${headCell("Value, change", "right")}${
    headCell("Greatest, least", "right")
  }</tr>`;
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0">${header}\n${
    values.map(valueRow).join("\n")
  }</table>` + (valuesNote === "" ? "" : paragraph(valuesNote));
}

const CELL = `border-top:1px solid ${LIGHT.hair}`;

function valueRow({ title, name, value, change, min, max, age, stale }: ValueWords): string {
  const called = name === "" ? "" : `${esc(name)}, `;
  const old = stale ? `<b class="warn" style="color:${LIGHT.warn}">${esc(age)}</b>` : esc(age);
  const faint = (text: string): string => `<br><span class="soft" style="${small}">${text}</span>`;
  return `<tr><td class="ink hair" valign="top" style="${CELL};padding:5px 8px 5px 0;color:${LIGHT.ink};word-break:break-word">${
    esc(title)
  }${faint(called + old)}</td>` +
    `<td class="ink hair n" align="right" valign="top" style="${CELL};padding:5px 0 5px 8px;color:${LIGHT.ink};white-space:nowrap"><b>${
      esc(value)
    }</b>${faint(esc(change))}</td>` +
    `<td class="soft hair n" align="right" valign="top" style="${CELL};padding:6px 0 5px 8px;${small};white-space:nowrap">${
      esc(max)
    }<br>${esc(min)}</td></tr>`;
}

function picture({ title, description, cid }: PlotWords): string {
  if (cid === undefined) return paragraph("There is no picture of it.");
  return `<img class="picture" src="cid:${esc(cid)}" alt="${
    esc(description === "" ? title : description)
  }" width="${WIDTH - 32}" style="display:block;width:100%;max-width:${
    WIDTH - 32
  }px;height:auto;border:0;border-radius:4px">`;
}

function tasks({ tasks, tasksNote }: ReportWords): string {
  const titles = ["Steps", "Missed", "Failed", "Late (99\u202f%)"];
  const header = `<tr>${headCell("Task", "left")}${
    titles.map((title) => headCell(title, "right")).join("")
  }</tr>`;
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0">${header}\n${
    tasks.map(taskRow).join("\n")
  }</table>` + (tasksNote === "" ? "" : paragraph(tasksNote));
}

function taskRow({ name, state, steps, missed, failed, late, wrong }: TaskWords): string {
  const number = (text: string, alert: boolean): string =>
    `<td class="${
      alert ? "bad" : "ink"
    } hair n" align="right" valign="top" style="${CELL};padding:5px 0 5px 8px;font-size:14px;color:${
      alert ? LIGHT.bad : LIGHT.ink
    }${alert ? ";font-weight:600" : ""}">${esc(text)}</td>`;
  return `<tr><td class="ink hair" style="${CELL};padding:5px 8px 5px 0;font-size:14px;color:${LIGHT.ink};word-break:break-word">${
    esc(name)
  }<br><span class="${wrong ? "warn" : "soft"}" style="font-size:13px;color:${
    wrong ? LIGHT.warn : LIGHT.soft
  }">${esc(state)}</span></td>${number(steps, false)}${number(missed, missed !== "0")}${
    number(failed, failed !== "0")
  }${number(late, false)}</tr>`;
}
