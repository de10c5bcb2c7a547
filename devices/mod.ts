/**
 * Instruments: what they are to an experiment, ready-made ones, and how to define your own.
 *
 * @example
 * ```ts
 * import { computer, device, open, thermalBath } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * // Ready-made: a simulated bath, and this machine.
 * await using bath = await open(thermalBath({ noise: 0 }));
 * await using pc = await open(computer());
 * bath.setSetpoint(40);
 * assert.equal(bath.temperature(), 20);
 * assert.ok(pc.uptime() > 0);
 *
 * // Your own: whatever a function returns. Its safe() is called on the way out.
 * const valve = device(() => {
 *   let flow = 0;
 *   return { set: (value: number) => void (flow = value), flow: () => flow, safe: () => void (flow = 0) };
 * }, { kind: "valve" });
 * await using gas = await open(valve);
 * gas.set(0.5);
 * assert.equal(gas.flow(), 0.5);
 * ```
 *
 * @module
 */

export {
  type Computer,
  computer,
  type ComputerDisk,
  type ComputerLoad,
  type ComputerMemory,
  type ComputerNetwork,
  type ComputerOptions,
  type ComputerReading,
} from "./computer.ts";
export { device, type DeviceOptions, type DeviceParts } from "./define.ts";
export type {
  DeviceContext,
  DeviceDefinition,
  DeviceEvent,
  Permissions,
  Safeable,
} from "./device.ts";
export {
  discover,
  type DiscoverOptions,
  type DiscoveryEvent,
  type Finder,
  type FinderContext,
  type FinderName,
  type FinderReport,
  FinderSkipped,
  type Finding,
  type FoundResource,
  gpibFinder,
  type GpibFinderOptions,
  identify,
  type IdentifyOptions,
  type IdentityEvent,
  type InstrumentFacts,
  mdnsFinder,
  type MdnsFinderOptions,
  type Searched,
  serialFinder,
  type SerialFinderOptions,
  standardFinders,
  usbtmcFinder,
  type UsbtmcFinderOptions,
  visaFinder,
  type VisaFinderOptions,
  vxi11Finder,
  type Vxi11FinderOptions,
  type Way,
} from "./discovery/mod.ts";
export {
  type BlockArrays,
  type BlockHeader,
  type BlockHeaderOptions,
  BlockHeaderReader,
  type BlockType,
  decodeBlock,
  encodeBlock,
  type EncodeBlockOptions,
  type Endianness,
} from "./ieee_block.ts";
export { MessageSession } from "./message_session.ts";
export type {
  BlockOptions,
  CallOptions,
  ChunkOptions,
  LinkState,
  LockOptions,
  MessageOptions,
  MessageSessionOptions,
  NumberOptions,
  NumbersOptions,
  Reopening,
  ServiceRequestOptions,
  SessionEvent,
  TextEncoding,
  Traffic,
} from "./message_session/options.ts";
export type { ServiceRequests } from "./message_session/service_requests.ts";
export { open, type OpenOptions, release } from "./open.ts";
export type { InstrumentOptions } from "./instrument.ts";
export type { PreparationOptions } from "./preparation.ts";
export { formatResourceName, parseResourceName } from "./resource_name.ts";
export type {
  Bus,
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
export { compileSearchExpression } from "./search_expression.ts";
export { type MultimeterOptions, simulatedMultimeter } from "./simulated_instruments/multimeter.ts";
export type { MultimeterQuantity } from "./simulated_instruments/multimeter/functions.ts";
export {
  type PowerSupplyOptions,
  simulatedPowerSupply,
} from "./simulated_instruments/power_supply.ts";
export {
  type PyvisaSimConnection,
  type PyvisaSimDevice,
  type PyvisaSimInterface,
} from "./simulated_instruments/pyvisa_sim/device.ts";
export { pyvisaSimDevice, type PyvisaSimOptions } from "./simulated_instruments/pyvisa_sim/file.ts";
export { ScpiError } from "./simulated_instruments/scpi/error.ts";
export {
  type ScpiCommand,
  type ScpiContext,
  scpiInstrument,
  type ScpiInstrumentOptions,
} from "./simulated_instruments/scpi/instrument.ts";
export { type NumberLimits, ScpiParameters } from "./simulated_instruments/scpi/parameters.ts";
export type { ScpiResponse } from "./simulated_instruments/scpi/response.ts";
export { ConditionRegister, ScpiStatus } from "./simulated_instruments/scpi/status.ts";
export { simulatedThermostat, type ThermostatOptions } from "./simulated_instruments/thermostat.ts";
export {
  type MethodName,
  type Simulation,
  simulator,
  standIn,
  type StandInAnswer,
  type StandInValues,
} from "./stand_in.ts";
export type { Clock, PreciseTimer, Timer } from "../time/clock.ts";
export type { DurationInput, DurationPart, DurationText, DurationUnit } from "../time/duration.ts";
export { type ThermalBath, thermalBath, type ThermalBathOptions } from "./thermal_bath.ts";
export type { UdpAddress } from "./transports/datagrams.ts";
export { LinkError, ProtocolError, TimeoutError, UnsupportedError } from "./transports/errors.ts";
export { findGpibInstruments, type GpibScan, type GpibSkipped } from "./transports/gpib/find.ts";
export { type GpibAddress, type GpibOptions, openGpib } from "./transports/gpib/open.ts";
export {
  type HislipOptions,
  type HislipServer,
  type HislipServerOptions,
  type HislipServerTls,
  type HislipTls,
  openHislip,
  serveHislip,
} from "./transports/hislip/mod.ts";
export type { TransportOptions } from "./transports/open_transport.ts";
export type { Responder } from "./transports/responder.ts";
export {
  type Direction,
  type FlowControl,
  type LineErrors,
  type LinePolicy,
  type ModemLines,
  openSerial,
  type OutputLines,
  type Parity,
  type SerialControl,
  type SerialHandle,
  type SerialOptions,
  type SerialPortInfo,
  serialPorts,
  type SerialRequest,
  type SerialServer,
  type SerialServerOptions,
  type SerialSettings,
  type SerialSystem,
  serveSerial,
  type UsbIdentity,
} from "./transports/serial/mod.ts";
export type { MessageEnds } from "./transports/line_server/message_splitter.ts";
export { SerialSession } from "./serial_session.ts";
export { openSimulated, type SimulatedOptions } from "./transports/simulated.ts";
export { openSocket, type SocketOptions } from "./transports/socket.ts";
export {
  serveSocket,
  type SocketServer,
  type SocketServerOptions,
} from "./transports/socket_server.ts";
export type {
  Io,
  LockRequest,
  ReadIo,
  ReadResult,
  Transport,
  TransportEvent,
} from "./transports/transport.ts";
export {
  openUsbtmc,
  type UsbtmcDevice,
  usbtmcDevices,
  type UsbtmcOptions,
} from "./transports/usbtmc/mod.ts";
export {
  serial,
  type SerialInstrumentOptions,
  simulated,
  type SimulatedInstrumentOptions,
  socket,
  visa,
  type VisaOptions,
} from "./visa.ts";
export type { TrafficLogOptions } from "./traffic_log.ts";
export {
  openVxi11,
  serveVxi11,
  type Vxi11Options,
  type Vxi11Server,
  type Vxi11ServerOptions,
} from "./transports/vxi11/mod.ts";
