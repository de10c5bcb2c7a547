import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import {
  commandLine,
  gather,
  missing,
  permissionFlags,
  shortPath,
} from "../../command_line/permissions.ts";
import { nameFromScript, scriptName } from "../../dsl/script.ts";
import { shellQuote } from "../../command_line/shell.ts";

Deno.test("shortPath() is relative within the working directory only", () => {
  const rows: [path: string, expected: string][] = [
    ["/lab/me/data/a.db", "data/a.db"],
    ["/lab/me", "."],
    ["/dev/ttyUSB0", "/dev/ttyUSB0"],
    ["/lab/you/a.db", "/lab/you/a.db"],
    ["a.db", "a.db"],
    ["./a.db", "a.db"],
    ["../a.db", "../a.db"],
    ["..a.db", "..a.db"],
  ];
  for (const [path, expected] of rows) assert.equal(shortPath(path, "/lab/me"), expected, path);
});

Deno.test("gather() lists each permission once, by kind", () => {
  const gathered = gather([
    { write: ["a.db"], read: ["a.db"], net: ["lab:5025"] },
    { read: ["./a.db", "/dev/ttyUSB0"], sys: ["hostname"], ffi: ["/lib/x.so"] },
  ]);
  assert.deepEqual(permissionFlags(gathered), [
    "--allow-read=a.db,/dev/ttyUSB0",
    "--allow-write=a.db",
    "--allow-net=lab:5025",
    "--allow-sys=hostname",
    "--allow-ffi=/lib/x.so",
  ]);
});

Deno.test("commandLine() quotes what a shell would take apart, and doubles commas", () => {
  const permissions = gather([{ read: ["my data, 2.db"] }]);
  assert.equal(
    commandLine("my script.ts", permissions, ["--for", "1h 30min"]),
    "deno run '--allow-read=my data,, 2.db' 'my script.ts' --for '1h 30min'",
  );
});

Deno.test({
  name: "shellQuote() gives back any word through a shell",
  ignore: Deno.build.os === "windows",
  fn(): void {
    const word = fc.string({ unit: "binary", minLength: 0 }).filter((text) => !text.includes("\0"));
    const words = fc.sample(word, 200).concat("it's", "$HOME", "`x`", "a\nb", "é,=:@%+-_./", "");
    const script = `printf '%s\\0' ${words.map(shellQuote).join(" ")}`;
    const seen = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
    assert.deepEqual(seen, words.map((text) => text.toWellFormed()));
  },
});

Deno.test({
  name: "missing() names what Deno does not permit, without asking",
  permissions: { read: ["granted.db"], write: false, net: ["lab:5025"], sys: false, ffi: false },
  fn(): void {
    const permissions = gather([{
      read: ["granted.db", "other.db"],
      write: ["granted.db"],
      net: ["lab:5025", "lab:80"],
      sys: ["hostname"],
      ffi: ["/lib/x.so"],
    }]);
    const lacking = missing(permissions).map(({ kind, value }) => `${kind} ${value}`);
    assert.deepEqual(lacking, [
      "read other.db",
      "write granted.db",
      "net lab:80",
      "sys hostname",
      "ffi /lib/x.so",
    ]);
  },
});

Deno.test("nameFromScript() is the script's name without its folder and ending", () => {
  const rows: [url: string, name: string, typed: string][] = [
    ["file:///lab/cooling%20run.ts", "cooling run", "/lab/cooling run.ts"],
    ["file:///lab/cooling.v2.ts", "cooling.v2", "/lab/cooling.v2.ts"],
    ["file:///lab/$deno$eval.mts", "experiment", "SCRIPT"],
    ["data:text/javascript,1", "experiment", "SCRIPT"],
    ["https://lab.org/cooling.ts", "experiment", "https://lab.org/cooling.ts"],
  ];
  for (const [url, name, typed] of rows) {
    assert.equal(nameFromScript(url), name);
    assert.equal(scriptName(url), typed);
  }
});
