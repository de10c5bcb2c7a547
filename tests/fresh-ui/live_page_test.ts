import assert from "node:assert/strict";
import { checkedBase } from "../../fresh-ui/base.ts";
import { get, watched } from "./_page.ts";

Deno.test("the page holds its first data as text that cannot become markup", async () => {
  await using it = watched();
  const name = `</script><img src=x onerror="alert(1)">\u2028&amp;`;
  await it.session.addEntry({ [name]: 1, __proto__x: NaN, ["__proto__"]: 2 });
  await it.session.saveMetadata({ [name]: name });
  const response = await get(it.page, "/");
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  const html = await response.text();
  assert.equal(html.match(/<img/g), null);
  const data = /<script type="application\/json" id="initial">(.*?)<\/script>/s.exec(html)?.[1];
  const { session } = JSON.parse(data ?? "");
  const variables: { name: string; last: { value: unknown } }[] = session.variables;
  assert.deepEqual(
    variables.map((one) => [one.name, one.last.value]).toSorted(),
    [[name, 1], ["__proto__", 2], ["__proto__x", "NaN"]].toSorted(),
  );
  assert.equal(session.metadata[name], name);
  // The page loads nothing but its own files, and runs nothing that stands in it.
  for (const [, src] of html.matchAll(/<(?:link|script|img)\b[^>]*?\b(?:src|href)="([^"]*)"/g)) {
    assert.match(src ?? "", /^\/static\//);
  }
  assert.doesNotMatch(html, /<script(?![^>]*(?:src=|application\/json))/);
  assert.doesNotMatch(html, /\sstyle=|<style/);
});

Deno.test("checkedBase() takes paths and refuses what is none", () => {
  const good = [["", ""], ["/", ""], ["/lab", "/lab"], ["lab/", "/lab"], ["/a/b-1", "/a/b-1"]];
  for (const [given, expected] of good) assert.equal(checkedBase(given ?? ""), expected);
  for (const bad of ["/a b", "/a//b", "/a?b", "/<", "/é"]) {
    assert.throws(() => checkedBase(bad), RangeError, bad);
  }
});

Deno.test("files that the page loads are kept for ever under the name with their digest", async () => {
  await using it = watched();
  const html = await (await get(it.page, "/")).text();
  const path = /href="(\/static\/[^"]+\.css)"/.exec(html)?.[1] ?? "";
  const response = await get(it.page, path);
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  assert.match(response.headers.get("cache-control") ?? "", /immutable/);
  const text = await response.text();
  const etag = response.headers.get("etag") ?? "";
  const again = await get(it.page, path, { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
  const packed = await get(it.page, path, { headers: { "accept-encoding": "br, gzip" } });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  const body = packed.body?.pipeThrough(new DecompressionStream("gzip")) ?? null;
  assert.equal(await new Response(body).text(), text);
  const plain = await get(it.page, "/static/page.css");
  assert.equal(plain.headers.get("cache-control"), "no-cache");
  assert.equal(await plain.text(), text);
  for (const path of ["/static/other.css", "/static/..%2fmod.ts"]) {
    assert.equal((await get(it.page, path)).status, 404);
  }
});
