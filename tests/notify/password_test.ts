import assert from "node:assert/strict";
import { askPassword, type Keyboard } from "../../notify/password.ts";

/** A keyboard on which these bytes are typed, a part at a time. */
function keyboard(...parts: string[]): Keyboard & { raw: boolean[] } {
  const raw: boolean[] = [];
  return {
    raw,
    isTerminal: () => true,
    setRaw: (value) => void raw.push(value),
    read(buffer) {
      const part = parts.shift();
      if (part === undefined) return Promise.resolve(null);
      const bytes = new TextEncoder().encode(part);
      buffer.set(bytes);
      return Promise.resolve(bytes.length);
    },
  };
}

function screen() {
  let text = "";
  return {
    get text(): string {
      return text;
    },
    writeSync(bytes: Uint8Array): number {
      text += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
}

const typed: [what: string, parts: string[], password: string][] = [
  ["is typed at once", ["hunter2\n"], "hunter2"],
  ["comes in parts", ["hun", "ter", "2\r"], "hunter2"],
  ["is corrected", ["hunx\x7fteü\x7f\x7fer2\n"], "hunter2"],
  ["has other letters", ["pässwörd 🌡\n"], "pässwörd 🌡"],
  ["ends without a line's end", ["hunter2"], "hunter2"],
  ["is corrected beyond its beginning", ["a\x7f\x7f\x7fhunter2\n"], "hunter2"],
];

for (const [what, parts, password] of typed) {
  Deno.test(`askPassword() gives what is typed, and shows none of it, when it ${what}`, async () => {
    const [keys, paper] = [keyboard(...parts), screen()];
    assert.equal(await askPassword("Password of rig", keys, paper), password);
    assert.equal(paper.text, "Password of rig: \n");
    assert.deepEqual(keys.raw, [true, false]);
  });
}

Deno.test("askPassword() says what to do where nobody can be asked, or nothing is typed", async () => {
  const nobody = { ...keyboard(), isTerminal: () => false };
  await assert.rejects(
    askPassword("Password of rig", nobody, screen()),
    /not started on a terminal: Password of rig\. Put it into a file and name that by the option passwordFile/,
  );
  const keys = keyboard("\n");
  await assert.rejects(askPassword("Password of rig", keys, screen()), /nothing was typed/);
  assert.deepEqual(keys.raw, [true, false]);
});
