/**
 * `GET .`, `GET sessions/:file`: the page.
 *
 * @module
 */

import type { JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import { FirstPage } from "../components/first_page.tsx";
import type { Page } from "../page.ts";
import type { InitialData } from "../protocol.ts";
import { jsonForScript } from "../wire.ts";
import { type RouteContext, sessionOf } from "./request.ts";

/** What the document is made of. */
interface DocumentProps {
  readonly data: InitialData;
  /** The address of a file that the page loads; undefined if there is none of that name. */
  readonly asset: (name: string) => string | undefined;
}

function Document({ data, asset }: DocumentProps): JSX.Element {
  const run = data.session?.runs.at(-1);
  const title = run?.name || data.session?.file || "Stripchart";
  const script = asset("page.js");
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href={asset("icon.svg")} />
        <link rel="stylesheet" href={asset("page.css")} />
      </head>
      <body>
        <div id="page">
          {data.session === null
            ? <p class="banner">There is no session here yet.</p>
            : <FirstPage session={data.session} />}
        </div>
        {/* Data, which a browser does not run. */}
        <script
          type="application/json"
          id="initial"
          // deno-lint-ignore react-no-danger -- nothing in the text can end the element
          dangerouslySetInnerHTML={{ __html: jsonForScript(data) }}
        />
        {script === undefined ? null : <script type="module" src={script} />}
      </body>
    </html>
  );
}

/** The page with a session: the one that is named, or the one that began last. */
export function index(page: Page, c: RouteContext): Response {
  const session = c.req.param("file") === undefined ? page.sources.current() : sessionOf(page, c);
  const data = { base: page.base, session: session?.info() ?? null };
  const asset = (name: string): string | undefined => {
    const served = page.assets.named(name);
    return served && `${page.base}/static/${served.path}`;
  };
  return new Response(
    `<!DOCTYPE html>${renderToString(<Document data={data} asset={asset} />)}`,
    { headers: { "content-type": "text/html; charset=utf-8" } },
  );
}
