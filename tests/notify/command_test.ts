import assert from "node:assert/strict";
import { command, type CommandOptions } from "../../notify/command.ts";
import { DeliveryError } from "../../session/outbox/types.ts";
import { ROOT, runProgram, temporaryFolder } from "../_child.ts";
import { delivery, limits } from "./_smtp.ts";

const deno = Deno.execPath();

/** A channel that runs a program in Deno. */
function program(source: string, ...args: string[]) {
  return command({ program: deno, args: ["eval", "--no-check", source, ...args] });
}

async function refusal(sending: Promise<unknown>): Promise<DeliveryError> {
  try {
    await sending;
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error));
    return error;
  }
  throw new Error("it was accepted");
}

Deno.test("command() gives a program the message on its input, and the message's own in its arguments", async () => {
  using folder = temporaryFolder();
  const out = `${folder.path}/out`;
  const source = `const text = await new Response(Deno.stdin.readable).text();
    Deno.writeTextFileSync(Deno.args[0], JSON.stringify([Deno.args.slice(1), text]));`;
  const subject = `$(rm -rf /); "quoted" '{text}' {level}`;
  await program(source, out, "--subject={subject}", "{kind} {level}", "{text}").send(
    delivery({ subject, text: "ü\n".repeat(20_000) }),
    limits(),
  );
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(out)), [
    [`--subject=${subject}`, "note info", "{text}"],
    `${subject}\n\n${"ü\n".repeat(20_000)}\n`,
  ]);
});

for (
  const [code, permanent] of [[1, false], [64, true], [75, false], [78, true], [79, false]] as const
) {
  Deno.test(`command() says ${permanent ? "that no attempt would help" : "to try again"} when the exit code is ${code}`, async () => {
    // It reads nothing of a message that no pipe holds.
    const sending = program(`console.error("no relay"); Deno.exit(${code})`).send(
      delivery({ text: "x".repeat(1_000_000) }),
      limits(),
    );
    const error = await refusal(sending);
    assert.equal(error.permanent, permanent);
    assert.match(error.message, new RegExp(`ended with code ${code}: .*no relay`, "s"));
  });
}

Deno.test("command() gives up when there is no such program", async () => {
  const error = await refusal(command({ program: "/no/such/program" }).send(delivery(), limits()));
  assert.equal(error.permanent, true);
  assert.match(error.message, /^\/no\/such\/program can't be started/);
});

Deno.test("command() ends a program that hangs when it is told to", async () => {
  const controller = new AbortController();
  const sending = program("await new Promise((r) => setTimeout(r, 600_000))").send(
    delivery(),
    limits(controller.signal),
  );
  controller.abort(new Error("enough"));
  await assert.rejects(sending, /enough/);
});

const wrong: [what: string, options: object, says: RegExp][] = [
  ["there is no program", {}, /program must be a text/],
  ["the arguments are one text", { program: "a", args: "-x" }, /arguments must be a list of texts/],
  ["an argument is no text", { program: "a", args: [1] }, /arguments must be a list of texts/],
  ["an option is unknown", { program: "a", shell: true }, /no such option .*"shell"/],
];

for (const [what, options, says] of wrong) {
  Deno.test(`command() refuses its options when ${what}`, () => {
    assert.throws(() => command(options as CommandOptions), says);
  });
}

Deno.test("command() runs only what --allow-run names", async () => {
  using folder = temporaryFolder();
  const script = `${folder.path}/a.ts`;
  Deno.writeTextFileSync(
    script,
    `import { command } from "${new URL(`file://${ROOT}/notify/command.ts`)}";
    import { systemClock } from "${new URL(`file://${ROOT}/time/system_clock.ts`)}";
    const channel = command({ program: Deno.args[0], args: ["--version"] });
    const io = { signal: new AbortController().signal, deadline: Infinity, clock: systemClock };
    try {
      await channel.send({ subject: "", text: "", attachments: [] } as never, io);
      console.log("sent", JSON.stringify(channel.permissions));
    } catch (error) {
      console.log("refused", (error as { permanent: boolean }).permanent);
    }`,
  );
  const run = (flag: string) =>
    runProgram(script, { cwd: folder.path, flags: [flag], args: [deno] });
  assert.equal((await run(`--allow-run=${deno}`)).stdout, `sent {"run":["${deno}"]}\n`);
  assert.equal((await run("--allow-run=/bin/true")).stdout, "refused true\n");
});
