import assert from "node:assert/strict";
import { type Responder, serveHislip, serveVxi11, visa } from "../../devices/mod.ts";
import { experiment } from "../../dsl/experiment.ts";

function answers(value: number): Responder {
  return {
    receive: (message) =>
      new TextDecoder().decode(message).trim().endsWith("?")
        ? new TextEncoder().encode(`${value}\n`)
        : undefined,
  };
}

Deno.test("an experiment measures over HiSLIP and VXI-11 by their resource names", async () => {
  await using hislip = await serveHislip(() => answers(1.5), { port: 0 });
  await using vxi11 = await serveVxi11(answers(2.5));
  const latest: Record<string, number> = {};
  const summary = await experiment("buses")
    .device("a", visa(`TCPIP::127.0.0.1::hislip0,${hislip.port}::INSTR`))
    .device("b", visa(`TCPIP::127.0.0.1,${vxi11.ports.core}::inst0::INSTR`))
    .every("20ms", async ({ a, b }) => ({
      a: await a.queryNumber("MEAS?"),
      b: await b.queryNumber("MEAS?"),
    }))
    .until((values) => Object.assign(latest, { a: values.a, b: values.b }).a > 0)
    .for("20s")
    .run({ file: null, args: [], session: { exitCode: false, signals: false, terminal: null } });
  assert.equal(summary.status, "completed", summary.reason);
  assert.deepEqual(latest, { a: 1.5, b: 2.5 });
});
