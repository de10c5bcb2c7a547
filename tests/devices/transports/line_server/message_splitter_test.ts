import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeBlock } from "../../../../devices/ieee_block.ts";
import { withEnd } from "../../../../devices/transports/line_server/answer_end.ts";
import {
  latin1,
  type MessageEnds,
  MessageSplitter,
  OverlongMessage,
} from "../../../../devices/transports/line_server/message_splitter.ts";

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const ROWS: readonly (readonly [input: string, messages: string[], ends?: MessageEnds])[] = [
  ["A\nB\r\nC", ["A", "B"]],
  ["\n\r\n", ["", ""]],
  ["A\rB\n", ["A\rB"]],
  ["A\rB\n", ["A", "B"], { ends: ["\r", "\n"] }],
  ["A\r\nB\n", ["A", "", "B"], { ends: ["\r\n", "\r", "\n"] }],
  ["A||B|C||", ["A", "B|C"], { ends: ["||"] }],
  ["D #15ab\ncd\nE\n", ["D #15ab\ncd", "E"]],
  ["D #15ab\ncd\nE\n", ["D #15ab", "cd", "E"], { blocks: false }],
  ["D #212aaaaaaaaaaa\n;B \x2311\n\nE\n", ["D #212aaaaaaaaaaa\n;B \x2311\n", "E"]],
  // What looks like a block and is none: no digits, zero, in a string.
  ["#\n#1\n#0a\n#H1F\n", ["#", "#1", "#0a", "#H1F"]],
  ['"#12"\nA\n', ['"#12"', "A"]],
  ["it's \x2312\n3\n", ["it's \x2312", "3"]],
  ["#10\nA\n", ["#10", "A"]],
];

for (const [input, messages, ends] of ROWS) {
  const named = ends === undefined ? "" : ` with ${JSON.stringify(ends)}`;
  Deno.test(`MessageSplitter cuts ${JSON.stringify(input)}${named}`, () => {
    for (const size of [1, 2, 3, input.length]) {
      const splitter = new MessageSplitter(ends);
      const found: string[] = [];
      for (let at = 0; at < input.length; at += size) {
        found.push(...splitter.push(latin1(input.slice(at, at + size))).map(text));
      }
      assert.deepEqual(found, messages, `in pieces of ${size}`);
    }
  });
}

Deno.test("MessageSplitter gives back any messages with any blocks, however they come in pieces", () => {
  const block = fc.uint8Array({ maxLength: 40 }).map((data) =>
    `,${text(encodeBlock(data.slice()))}`
  );
  const word = fc.stringMatching(/^[A-Z?:]{0,6}$/);
  const message = fc.tuple(word, fc.array(block, { maxLength: 2 })).map((parts) =>
    parts.flat().join("")
  );
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(30)), (messages, cuts) => {
      const stream = latin1(messages.map((one) => `${one}\n`).join(""));
      const splitter = new MessageSplitter();
      const found: string[] = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        found.push(...splitter.push(stream.subarray(at, at + cut)).map(text));
        at += cut;
      }
      assert.deepEqual(found, messages);
    }),
  );
});

Deno.test("MessageSplitter refuses an overlong message and takes the next", () => {
  const splitter = new MessageSplitter({ mostMessage: 10 });
  assert.deepEqual(splitter.push(latin1("123456789\n")).map(text), ["123456789"]);
  assert.throws(() => splitter.push(latin1("1234567890A")), OverlongMessage);
  // A block that says it has a gigabyte needs no memory before it comes.
  assert.throws(() => splitter.push(latin1("#91000000000aaaa")), OverlongMessage);
  assert.deepEqual(splitter.push(latin1("B\n")).map(text), ["B"]);
  assert.throws(() => new MessageSplitter({ ends: [""] }), /must have a character/);
});

Deno.test("withEnd() puts the end behind answers that lack it, and behind blocks that only seem to have it", () => {
  const rows: readonly (readonly [answer: string, end: string, expected: string])[] = [
    ["1.5", "\n", "1.5\n"],
    ["1.5\n", "\n", "1.5\n"],
    ["1.5\n", "\r\n", "1.5\n\r\n"],
    ["#12a\n", "\n", "#12a\n\n"],
    ["#12a\n\n", "\n", "#12a\n\n"],
    ["#?\n", "\n", "#?\n"],
    ["#0ab\n", "\n", "#0ab\n"],
    ["a", "", "a"],
  ];
  for (const [answer, end, expected] of rows) {
    assert.equal(text(withEnd(latin1(answer), latin1(end))), expected);
  }
});
