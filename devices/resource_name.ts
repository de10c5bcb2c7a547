/**
 * VISA's resource names, VPP-4.3 section 4.3, and the forms that pyvisa-py adds.
 *
 * @module
 */

import {
  bracketed,
  readHost,
  type Segment,
  Segments,
  splitOutsideBrackets,
} from "./resource_name/segments.ts";
import type {
  GpibInterfaceName,
  GpibName,
  HislipName,
  PrologixSerialName,
  PrologixTcpName,
  ResourceName,
  SerialName,
  SocketName,
  UsbName,
  Vxi11Name,
} from "./resource_name/types.ts";

/** The port of HiSLIP, registered with IANA. */
const HISLIP_PORT = 4880;
/** The port of Prologix adapters. */
const PROLOGIX_PORT = 1234;

/** Longest name that is read; the longest real one has less than half of it. */
const LONGEST = 1024;

/**
 * Reads a VISA resource name. Upper and lower case are the same, but in device paths and serial numbers.
 *
 * @param text The name: `ASRL…`, `TCPIP…`, `USB…`, `GPIB…`, `PRLGX-TCPIP…` or `PRLGX-ASRL…`.
 * @returns What it says; what it leaves out has its default.
 * @throws {SyntaxError} If it is no such name; the message says which part is wrong and what belongs there.
 *
 * @example
 * ```ts
 * import { formatResourceName, parseResourceName } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const name = parseResourceName("tcpip::192.168.0.20::5025::socket");
 * assert.deepEqual(name, { bus: "socket", board: 0, host: "192.168.0.20", port: 5025 });
 * assert.equal(formatResourceName(name), "TCPIP0::192.168.0.20::5025::SOCKET");
 * assert.throws(() => parseResourceName("GPIB::31::INSTR"), /part 2 must be a primary address/);
 * ```
 */
export function parseResourceName(text: string): ResourceName {
  const name = text.trim();
  if (name.length > LONGEST) {
    throw new SyntaxError(
      `Cannot read a resource name, as it must have ${LONGEST} characters at most: ${name.length}.`,
    );
  }
  const serial = /^ASRL(.*?)(?:::INSTR)?$/is.exec(name);
  if (serial !== null) return parseSerial(name, serial[1] ?? "");
  const parts = /^(?:PRLGX-)?TCPIP/i.test(name) ? splitOutsideBrackets(name) : name.split("::");
  const segments = new Segments(name, parts);
  const first = segments.take("an interface");
  const head = /^(TCPIP|USB|GPIB|PRLGX-TCPIP|PRLGX-ASRL)(\d{0,5})$/i.exec(first.text);
  if (head === null) {
    throw segments.wrong(
      first,
      "ASRL, TCPIP, USB, GPIB, PRLGX-TCPIP or PRLGX-ASRL and perhaps a board's number",
    );
  }
  const board = Number(head[2]);
  switch (head[1]?.toUpperCase()) {
    case "TCPIP":
      return parseTcpip(segments, board);
    case "USB":
      return parseUsb(segments, board);
    case "GPIB":
      return parseGpib(segments, board);
    case "PRLGX-TCPIP":
      return parsePrologixTcp(segments, board);
    default:
      return parsePrologixSerial(segments, board);
  }
}

function parseSerial(name: string, port: string): SerialName {
  const segments = new Segments(name, [`ASRL${port.split("::")[0]}`, ...port.split("::").slice(1)]);
  const first = segments.take("ASRL");
  const read = readPort(port.split("::")[0] ?? "");
  if (read === undefined) {
    throw segments.wrong(first, "ASRL and a port's number or path, such as ASRL/dev/ttyUSB0");
  }
  segments.end("INSTR, the only class that a serial port has");
  return { bus: "serial", port: read };
}

/** A serial port's number or path; undefined if it is none. */
function readPort(text: string): number | string | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  if (/^COM\d{1,4}$/i.test(text)) return text.toUpperCase();
  return /^[^\s\d:](?:[^\s:]|:(?!:|$))*$/.test(text) ? text : undefined;
}

function parseTcpip(segments: Segments, board: number): Vxi11Name | HislipName | SocketName {
  const at = segments.take("a host");
  const type = segments.takeClass(["INSTR", "SOCKET"]);
  if (type === "SOCKET") {
    const host = hostOf(segments, at, at.text);
    const port = segments.integer(segments.take("a port"), 1, 65535, "a port");
    segments.end("SOCKET");
    return { bus: "socket", board, host, port };
  }
  const device = segments.next;
  if (device !== undefined) segments.take("a device");
  segments.end("INSTR or SOCKET");
  const lan = device?.text ?? "inst0";
  const hislip = /^(hislip\d{0,5})(?:,(\d{1,5}))?$/i.exec(lan);
  if (device !== undefined && (hislip !== null || /^hislip/i.test(lan))) {
    const port = Number(hislip?.[2] ?? HISLIP_PORT);
    if (hislip === null || port < 1 || port > 65535) {
      throw segments.wrong(device, "a HiSLIP sub-address, as hislip0 or hislip0,4880");
    }
    const [, credential, rest = ""] = /^(?:([^@]*)@)?(.*)$/s.exec(at.text) ?? [];
    if (credential !== undefined && !/^[\w.+-]{1,64}$/.test(credential)) {
      throw segments.wrong(at, "a host, or a name for its credentials, @ and a host");
    }
    const host = hostOf(segments, at, rest);
    return {
      bus: "hislip",
      board,
      host,
      port,
      device: (hislip[1] ?? "").toLowerCase(),
      ...(credential === undefined ? {} : { credential }),
    };
  }
  if (device !== undefined && !/^[a-z][\w,.-]*(?:\[[^[\]]*\])?$/i.test(lan)) {
    const hint = /^\d+$/.test(lan) ? "; a port needs ::SOCKET after it" : "";
    throw segments.wrong(device, `a LAN device name, as inst0 or hislip0${hint}`);
  }
  const [, address = "", port] = /^(.*?)(?:,([^,]*))?$/s.exec(at.text) ?? [];
  const host = hostOf(segments, at, address);
  const plain = /^inst\d+$/i.test(lan) ? lan.toLowerCase() : lan;
  if (port === undefined) return { bus: "vxi11", board, host, device: plain };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65535) {
    throw segments.wrong(at, "a host, or host,port with a port from 1 to 65535");
  }
  return { bus: "vxi11", board, host, port: number, device: plain };
}

function hostOf(segments: Segments, at: Segment, text: string): string {
  const host = readHost(text);
  if (host === undefined) {
    throw segments.wrong(at, "a host name, an IPv4 address or an IPv6 address in square brackets");
  }
  return host;
}

function parseUsb(segments: Segments, board: number): UsbName {
  const resourceClass = segments.takeClass(["INSTR", "RAW"]) ?? "INSTR";
  const vendor = segments.integer(
    segments.take("a vendor's number"),
    0,
    0xffff,
    "a vendor's number",
  );
  const product = segments.integer(
    segments.take("a product's number"),
    0,
    0xffff,
    "a product's number",
  );
  if (segments.left === 0) return { bus: "usb", board, vendor, product, resourceClass };
  const serial = segments.take("a serial number");
  if (!/^(?![:])[\x21-\x7e]{1,255}$/.test(serial.text) || serial.text.endsWith(":")) {
    throw segments.wrong(serial, "a serial number of printable characters");
  }
  const name: UsbName = { bus: "usb", board, vendor, product, serial: serial.text, resourceClass };
  if (segments.left === 0) return name;
  const number = segments.integer(
    segments.take("an interface"),
    0,
    255,
    "a USB interface's number",
  );
  segments.end("INSTR or RAW");
  return { ...name, interface: number };
}

function parseGpib(segments: Segments, board: number): GpibName | GpibInterfaceName {
  const type = segments.takeClass(["INSTR", "INTFC"]);
  if (type === "INTFC") {
    segments.end("INTFC");
    return { bus: "gpib-interface", board };
  }
  const primary = segments.integer(segments.take("a primary address"), 0, 30, "a primary address");
  if (segments.left === 0) return { bus: "gpib", board, primary };
  const at = segments.take("a secondary address");
  const sent = segments.integer(at, 0, 126, "a secondary address");
  // On the wire it is 96 more, and so some write it.
  const secondary = sent >= 96 ? sent - 96 : sent;
  if (secondary > 30) throw segments.wrong(at, "a secondary address from 0 to 30 or 96 to 126");
  segments.end("INSTR");
  return { bus: "gpib", board, primary, secondary };
}

function parsePrologixTcp(segments: Segments, board: number): PrologixTcpName {
  segments.takeClass(["INTFC"]);
  const at = segments.take("a host");
  const host = hostOf(segments, at, at.text);
  if (segments.left === 0) return { bus: "prologix-tcp", board, host, port: PROLOGIX_PORT };
  const port = segments.integer(segments.take("a port"), 1, 65535, "a port");
  segments.end("INTFC");
  return { bus: "prologix-tcp", board, host, port };
}

function parsePrologixSerial(segments: Segments, board: number): PrologixSerialName {
  segments.takeClass(["INTFC"]);
  const at = segments.take("a serial port");
  const port = readPort(at.text);
  if (port === undefined) throw segments.wrong(at, "a serial port's number or path");
  segments.end("INTFC");
  return { bus: "prologix-serial", board, port };
}

/**
 * Writes a resource name in its canonical form, with everything but what is absent.
 *
 * @param name What the name says.
 * @returns The text, which {@linkcode parseResourceName} reads back as the same.
 * @throws {SyntaxError} If a part can't stand in a name, such as a port of 0.
 *
 * @example
 * ```ts
 * import { formatResourceName } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatResourceName({ bus: "gpib", board: 0, primary: 22 }), "GPIB0::22::INSTR");
 * assert.equal(formatResourceName({ bus: "serial", port: "/dev/ttyUSB0" }), "ASRL/dev/ttyUSB0::INSTR");
 * ```
 */
export function formatResourceName(name: ResourceName): string {
  const text = write(name);
  const read = write(parseResourceName(text));
  if (read === text) return text;
  throw new SyntaxError(
    `Cannot write a resource name, as its parts would be read as ${read}: ${JSON.stringify(name)}.`,
  );
}

function write(name: ResourceName): string {
  switch (name.bus) {
    case "serial":
      return `ASRL${name.port}::INSTR`;
    case "vxi11": {
      const port = name.port === undefined ? "" : `,${name.port}`;
      return `TCPIP${name.board}::${bracketed(name.host)}${port}::${name.device}::INSTR`;
    }
    case "hislip": {
      const credential = name.credential === undefined ? "" : `${name.credential}@`;
      const port = name.port === HISLIP_PORT ? "" : `,${name.port}`;
      const host = `${credential}${bracketed(name.host)}`;
      return `TCPIP${name.board}::${host}::${name.device}${port}::INSTR`;
    }
    case "socket":
      return `TCPIP${name.board}::${bracketed(name.host)}::${name.port}::SOCKET`;
    case "usb":
      return writeUsb(name);
    case "gpib": {
      const secondary = name.secondary === undefined ? "" : `::${name.secondary}`;
      return `GPIB${name.board}::${name.primary}${secondary}::INSTR`;
    }
    case "gpib-interface":
      return `GPIB${name.board}::INTFC`;
    case "prologix-tcp":
      return `PRLGX-TCPIP${name.board}::${bracketed(name.host)}::${name.port}::INTFC`;
    case "prologix-serial":
      return `PRLGX-ASRL${name.board}::${name.port}::INTFC`;
  }
}

function writeUsb(
  { board, vendor, product, serial, interface: number, resourceClass }: UsbName,
): string {
  if (serial === undefined && number !== undefined) {
    throw new SyntaxError(
      `Cannot write a resource name, as a USB interface's number stands behind a serial number only: ` +
        `${number}. Set serial as well.`,
    );
  }
  const parts = [`USB${board}`, hex(vendor), hex(product), serial, number, resourceClass];
  return parts.filter((part) => part !== undefined).join("::");
}

function hex(number: number): string {
  return `0x${number.toString(16).toUpperCase().padStart(4, "0")}`;
}
