/**
 * Files of pyvisa-sim.
 *
 * @module
 */

import { FileDevice, type PyvisaSimDevice } from "./device.ts";
import type { YamlPart } from "./yaml_file.ts";

/** The newest form of files that is known. */
const NEWEST = { major: 1, minor: 1 } as const;

/** How a file is read. */
export interface PyvisaSimOptions {
  /** Its path, for errors. @default "the file" */
  readonly path?: string;
  /**
   * Which device, by its name in `devices` or by the name of a resource; the only one if absent.
   */
  readonly device?: string;
  /** Seed of what is random. @default 1 */
  readonly seed?: number;
  /** Reads another file that a resource names, by its path relative to this one. @default there are none */
  readonly readFile?: (path: string) => string | Promise<string>;
}

/**
 * Makes a simulated instrument of a YAML file in the form of pyvisa-sim: dialogues, properties with Python's formats
 * both ways, errors, status registers, error queues, channels and resources.
 *
 * What pyvisa-sim 0.7.1 does in another way, and why:
 *
 * - A number of one digit is taken by `{:.2f}` and its like; there it takes two.
 * - A channel that there is not is refused; there its value is kept.
 * - `{ch_id}` may stand in the answers of channels.
 * - A property whose value does not suit its format gives a command error; there the program fails.
 * - A key that is there twice, an empty end of messages and a format that can't be read are errors that name the
 *   place.
 * - Answers to the parts of one message are one message, where the bus marks the end of messages.
 * - `BYTES(\xaa)` in dialogues is from its newer versions. Bundled files are not there.
 *
 * @param text What is in the file.
 * @param options Which device of it.
 * @throws {SyntaxError} If the file makes no sense; the message names the line.
 * @throws {RangeError} If there is no such device, or several without a choice.
 *
 * @example
 * ```ts
 * import { open, pyvisaSimDevice, simulated } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const device = await pyvisaSimDevice(`
 * spec: "1.1"
 * devices:
 *   generator:
 *     properties:
 *       frequency:
 *         default: 100
 *         getter: {q: "FREQ?", r: "{:.2f}"}
 *         setter: {q: "FREQ {:.2f}"}
 *         specs: {type: float, min: 1, max: 1e5}
 * `);
 * await using generator = await open(simulated(device.on("TCPIP SOCKET").responder));
 * await generator.write("FREQ 250");
 * assert.equal(await generator.query("FREQ?"), "250.00");
 * ```
 */
export async function pyvisaSimDevice(
  text: string,
  options: PyvisaSimOptions = {},
): Promise<PyvisaSimDevice> {
  const { path = "the file", device: wanted, seed = 1, readFile } = options;
  // A library that experiments without such files need not load.
  const { YamlPart } = await import("./yaml_file.ts");
  const root = checked(YamlPart.read(text, path));
  const { name, resource } = choose(root, path, wanted);
  let home = root;
  const other = resource?.get("filename")?.text();
  if (resource?.get("bundled")?.text().toLowerCase() === "true") {
    throw resource.fails("its device is bundled with pyvisa-sim: copy it into a file of your own");
  }
  if (other !== undefined && other !== "") {
    if (readFile === undefined) throw resource?.fails(`its device is in another file: ${other}`);
    home = checked(YamlPart.read(await readFile(other), other));
  }
  const part = home.must("devices").get(name);
  if (part === undefined) throw (resource ?? root).fails(`there is no device ${name}`);
  const ids = [...resource?.get("channel_ids")?.mapping() ?? []].map(([group, list]) =>
    [group, list.list().map((id) => id.text())] as const
  );
  return new FileDevice(part, new Map(ids), seed);
}

/** A file whose form is known. */
function checked(root: YamlPart): YamlPart {
  const spec = root.must("spec");
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(spec.text()) ?? [];
  if (major === undefined || minor === undefined) {
    throw spec.fails(`its spec must be two numbers, as "1.1": ${JSON.stringify(spec.text())}`);
  }
  if (Number(major) !== NEWEST.major || Number(minor) > NEWEST.minor) {
    throw spec.fails(
      `its spec is ${spec.text()}, and ${NEWEST.major}.${NEWEST.minor} is the newest that is known`,
    );
  }
  return root;
}

interface Choice {
  readonly name: string;
  readonly resource: YamlPart | undefined;
}

function choose(root: YamlPart, path: string, wanted: string | undefined): Choice {
  const devices = [...root.get("devices")?.mapping().keys() ?? []];
  const resources = [...root.get("resources")?.mapping() ?? []].map(([address, resource]) => ({
    address,
    name: resource.must("device").text(),
    resource,
  }));
  // One device under several addresses is still one.
  const distinct = new Map(
    resources.toReversed().map((one) =>
      [`${one.resource.get("filename")?.text() ?? ""}\0${one.name}`, one] as const
    ),
  );
  const choices = resources.length > 0
    ? [...distinct.values()].toReversed()
    : devices.map((name) => ({ name, resource: undefined }));
  if (wanted === undefined) {
    const [only] = choices;
    if (only !== undefined && choices.length === 1) return only;
    throw new RangeError(
      `Cannot choose a device of ${path}, as it has ${
        choices.length === 0 ? "none" : `several: ${choices.map(({ name }) => name).join(", ")}`
      }. ${choices.length === 0 ? "Describe one under devices." : "Name one of them."}`,
    );
  }
  const found = resources.find(({ address }) => address === wanted) ??
    choices.find(({ name }) => name === wanted) ??
    (devices.includes(wanted) ? { name: wanted, resource: undefined } : undefined);
  if (found !== undefined) return found;
  const known = [...new Set([...devices, ...resources.map(({ address }) => address)])];
  throw new RangeError(
    `Cannot choose ${wanted} of ${path}, as there is no such device or resource: ` +
      `it has ${known.join(", ")}.`,
  );
}
