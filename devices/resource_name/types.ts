/**
 * What a resource name says, bus by bus.
 *
 * @module
 */

/** A serial port: `ASRL1::INSTR`, `ASRL/dev/ttyUSB0::INSTR`. */
export interface SerialName {
  /** Which bus. */
  readonly bus: "serial";
  /** The port's number as VISA counts, or the system's name for it: `"/dev/ttyUSB0"`, `"COM3"`. */
  readonly port: number | string;
}

/** An instrument by VXI-11: `TCPIP0::192.168.0.20::inst0::INSTR`. */
export interface Vxi11Name {
  /** Which bus. */
  readonly bus: "vxi11";
  /** The number of the interface board. */
  readonly board: number;
  /** Host name or address, in lower case; an IPv6 address without its brackets. */
  readonly host: string;
  /** TCP port of the core channel, written `host,port`; the portmapper is asked if absent. */
  readonly port?: number;
  /** The LAN device name: `"inst0"`, or of a gateway `"gpib0,5"`. */
  readonly device: string;
}

/** An instrument by HiSLIP: `TCPIP0::192.168.0.20::hislip0::INSTR`. */
export interface HislipName {
  /** Which bus. */
  readonly bus: "hislip";
  /** The number of the interface board. */
  readonly board: number;
  /** Host name or address, in lower case; an IPv6 address without its brackets. */
  readonly host: string;
  /** TCP port, 4880 by default. */
  readonly port: number;
  /** The sub-address: `"hislip0"`. */
  readonly device: string;
  /** What stands before an `@` in front of the host: whose credentials are to be used. */
  readonly credential?: string;
}

/** A raw TCP connection: `TCPIP0::192.168.0.20::5025::SOCKET`. */
export interface SocketName {
  /** Which bus. */
  readonly bus: "socket";
  /** The number of the interface board. */
  readonly board: number;
  /** Host name or address, in lower case; an IPv6 address without its brackets. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}

/** A USB instrument: `USB0::0x0957::0x1796::MY50000123::INSTR`; some have no serial number. */
export interface UsbName {
  /** Which bus. */
  readonly bus: "usb";
  /** The number of the interface board. */
  readonly board: number;
  /** The manufacturer's number. */
  readonly vendor: number;
  /** The model's number. */
  readonly product: number;
  /** The serial number, as the device writes it; the only such model that there is if absent. */
  readonly serial?: string;
  /** The USB interface's number; the lowest that fits if absent. */
  readonly interface?: number;
  /** `INSTR` speaks USBTMC, `RAW` nothing known. */
  readonly resourceClass: "INSTR" | "RAW";
}

/** An instrument on a GPIB: `GPIB0::22::INSTR`. */
export interface GpibName {
  /** Which bus. */
  readonly bus: "gpib";
  /** The number of the interface board. */
  readonly board: number;
  /** Primary address, 0 to 30. */
  readonly primary: number;
  /** Secondary address, 0 to 30. */
  readonly secondary?: number;
}

/** A GPIB board itself: `GPIB0::INTFC`. */
export interface GpibInterfaceName {
  /** Which bus. */
  readonly bus: "gpib-interface";
  /** The number of the interface board. */
  readonly board: number;
}

/** A Prologix adapter on the network: `PRLGX-TCPIP0::192.168.0.30::1234::INTFC`. */
export interface PrologixTcpName {
  /** Which bus. */
  readonly bus: "prologix-tcp";
  /** The number of the GPIB that it serves. */
  readonly board: number;
  /** Host name or address, in lower case; an IPv6 address without its brackets. */
  readonly host: string;
  /** TCP port, 1234 by default. */
  readonly port: number;
}

/** A Prologix adapter on USB or a serial line: `PRLGX-ASRL0::/dev/ttyUSB0::INTFC`. */
export interface PrologixSerialName {
  /** Which bus. */
  readonly bus: "prologix-serial";
  /** The number of the GPIB that it serves. */
  readonly board: number;
  /** The serial port's number as VISA counts, or the system's name for it. */
  readonly port: number | string;
}

/** What a resource name says; `bus` tells which kind it is. */
export type ResourceName =
  | SerialName
  | Vxi11Name
  | HislipName
  | SocketName
  | UsbName
  | GpibName
  | GpibInterfaceName
  | PrologixTcpName
  | PrologixSerialName;

/** The kinds of {@linkcode ResourceName}. */
export type Bus = ResourceName["bus"];
