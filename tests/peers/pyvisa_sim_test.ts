import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pyvisaSimDevice } from "../../devices/simulated_instruments/pyvisa_sim/file.ts";
import {
  formatValue,
  parseFormatSpec,
} from "../../devices/simulated_instruments/pyvisa_sim/python/format_spec.ts";
import {
  type PythonValue,
  str,
} from "../../devices/simulated_instruments/pyvisa_sim/python/value.ts";
import { nextUint32, stateFrom } from "../../devices/random.ts";
import { ROOT } from "../_child.ts";
import { needs, needsPython } from "../_needs.ts";

const FILE = join(ROOT, "tests/fixtures/instruments.yaml");

const GENERATOR = [
  ...["*IDN?", "*RST", "µ?", "LINES?", "SPACE?", "TWICE?", "EMPTY?", "NONSENSE", ""],
  ...["?FREQ", "!FREQ 250.5", "?FREQ", "!FREQ 0.5", "!FREQ 1e9", "?FREQ", "!FREQ x", "!FREQ -10"],
  ...["?AMP", "!AMP 12.3456", "?AMP", "!AMP 99.9", "?AMP"],
  ...["?PHASE", "!PHASE 90", "?PHASE", "!PHASE -90", "?PHASE", "!PHASE 45", "?PHASE"],
  ...["?SHAPE", "!SHAPE SQUARE", "?SHAPE", "!SHAPE", "!SHAPE saw"],
  ...["?MASK", "!MASK 1f", "?MASK", "!MASK 1F", "!MASK g"],
  ...["?NOTE", "!NOTE hello world", "?NOTE", "!NOTE ", "?NOTE", "!NOTE ü", "?NOTE"],
  ...["?RATIO", "!RATIO 12.5e-2", "?RATIO", "!RATIO 1.5", "?RATIO"],
  ...[
    "?PLAIN",
    "!PLAIN 1.5e-05",
    "?PLAIN",
    "!PLAIN 123456789.0",
    "?PLAIN",
    "!PLAIN 2.5E+20",
    "?PLAIN",
  ],
  ...["*IDN?;?FREQ", "?FREQ;;?AMP", "!FREQ 20.0;?FREQ;X"],
];

const SUPPLY = [
  ...["CH 1:VOLT?", "CH 1:VOLT 12.5", "CH 1:VOLT?", "CH 2:VOLT?", "CH 2:VOLT 99.0", "CH 3:VOLT?"],
  ...[":SYST:ERR?", "*ESR?", "*ESR?", "CH 1:NAME?", "CH 2:NAME?", "CH 7:NAME?", "CH 7:VOLT?"],
  ...["CH 1:MODE CC", "CH 1:MODE?", "CH 2:MODE?", "CH 2:MODE XX", "CH 7:MODE?"],
  ...["LIM?", "LIM 2.25", "LIM?", "I 2", "I?", "LIM?", "LIM 99.0", "I 9", "I?"],
  ...[":SYST:ERR?", ":SYST:ERR?", ":SYST:ERR?", ":SYST:ERR?", ":SYST:ERR?", ":SYST:ERR?", "*ESR?"],
  ...["A;B", ""],
];

const SEVENTH = [
  ...["CH 1:VOLT?", "CH 7:VOLT?", "CH 7:VOLT 3.25", "CH 7:VOLT?", "CH 7:NAME?", "CH 7:MODE XX"],
  ...["CH 7:MODE CC", "CH 7:MODE?", ":SYST:ERR?", "*ESR?"],
];

const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  "TCPIP0::localhost::5025::SOCKET": GENERATOR,
  "ASRL1::INSTR": GENERATOR,
  "TCPIP0::localhost::5026::SOCKET": SUPPLY,
  "TCPIP0::localhost::5027::SOCKET": SEVENTH,
};

async function python(args: readonly string[], input: unknown): Promise<unknown> {
  const child = new Deno.Command("python3", {
    args: ["-W", "ignore", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  ...needsPython("pyvisa_sim"),
  name: "pyvisaSimDevice() answers each message as pyvisa-sim does, from the same file",
  async fn() {
    const script = fileURLToPath(new URL("_pyvisa_sim.py", import.meta.url));
    const theirs = await python([script], { file: FILE, messages: MESSAGES });
    const ours: Record<string, string[]> = {};
    const text = Deno.readTextFileSync(FILE);
    for (const [resource, messages] of Object.entries(MESSAGES)) {
      const device = await pyvisaSimDevice(text, { path: FILE, device: resource });
      const { responder } = device.on(resource.startsWith("ASRL") ? "ASRL INSTR" : "TCPIP SOCKET");
      const answers: string[] = [];
      for (const message of messages) {
        const answer = await responder.receive(new TextEncoder().encode(message));
        answers.push(answer === undefined ? "" : new TextDecoder().decode(answer));
      }
      ours[resource] = answers;
    }
    const paired = (said: unknown) =>
      Object.entries(MESSAGES).map(([resource, messages]) => [
        resource,
        messages.map((message, at) => [
          message,
          (said as Record<string, string[]>)[resource]?.[at],
        ]),
      ]);
    assert.deepEqual(paired(ours), paired(theirs));
  },
});

const FORMAT = `
import json, sys
made = []
for spec, kind, text in json.load(sys.stdin):
    value = {"str": str, "int": int, "float": float}[kind](text)
    try:
        made.append(format(value, spec))
    except (ValueError, OverflowError):
        made.append(None)
print(json.dumps(made))
`;

/** Random specifications and values, the same each time. */
function cases(count: number): [spec: string, kind: string, value: PythonValue][] {
  const state = stateFrom(20);
  const below = (limit: number): number => nextUint32(state) % limit;
  const one = <T>(...choices: T[]): T => choices[below(choices.length)] as T;
  return Array.from({ length: count }, () => {
    const padding = one("", "", "", `${one("", "*", " ")}${one("<", ">", "^")}`);
    const zero = padding === "" ? one("", "", "0") : "";
    const spec = padding + one("", "", "+", " ", "-") + zero + one("", "", String(below(14))) +
      (zero === "" ? one("", "", "", ",") : "") + one("", `.${below(9)}`, `.${below(25)}`) +
      one("", "d", "e", "E", "f", "g", "G", "%", "s", "x");
    switch (below(4)) {
      case 0:
        return [spec, "str", one("", "SIN", "a longer text", "1.5", "ü")];
      case 1:
        return [spec, "int", BigInt(below(2) === 0 ? below(2000) - 1000 : nextUint32(state))];
      default: {
        // Values near ties of rounding are where formats differ.
        const tie = (below(4000) - 2000) / one(2, 4, 8, 10, 1000, 3);
        const wide = (nextUint32(state) - 2 ** 31) * 10 ** (below(40) - 25);
        return [spec, "float", one(tie, tie, wide, -0, Infinity, NaN, 2.675, 1e16, 1e23, 5e-324)];
      }
    }
  });
}

Deno.test({
  ...needs("python3"),
  name: "formatValue() gives what Python's format() gives, or refuses what it refuses",
  async fn() {
    const all = cases(20_000);
    const theirs = await python(
      ["-c", FORMAT],
      all.map(([spec, kind, value]) => [spec, kind, str(value)]),
    );
    const ours = all.map(([spec, , value]) => {
      try {
        return formatValue(value, parseFormatSpec(spec));
      } catch {
        return null;
      }
    });
    const wrong = all.map((one, at) => [...one.map(String), ours[at], (theirs as string[])[at]])
      .filter(([, , , mine, other]) => mine !== other);
    assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} of ${all.length} differ`);
  },
});
