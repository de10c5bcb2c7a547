/**
 * The commands that every instrument of IEEE 488.2 and SCPI-99 has.
 *
 * @module
 */

import type { ScpiCommand } from "./instrument.ts";
import type { ScpiParameters } from "./parameters.ts";
import { type ConditionRegister, EVENT, type ScpiStatus } from "./status.ts";

/** Commands of IEEE 488.2 by their headers, and of SCPI by their patterns. */
export interface CommonCommands {
  /** Those that begin with an asterisk. */
  readonly common: Readonly<Record<string, ScpiCommand>>;
  /** The others. */
  readonly tree: Readonly<Record<string, ScpiCommand>>;
}

const byte = (parameters: ScpiParameters): number => parameters.integer({ min: 0, max: 255 });

/** The commands on one of SCPI's registers. */
function registerCommands(
  header: string,
  register: (status: ScpiStatus) => ConditionRegister,
): Record<string, ScpiCommand> {
  return {
    [`:STATus:${header}[:EVENt]`]: { get: (_, { status }) => register(status).takeEvent() },
    [`:STATus:${header}:CONDition`]: { get: (_, { status }) => register(status).condition },
    [`:STATus:${header}:ENABle`]: {
      set: (parameters, { status }) => {
        register(status).enable = parameters.integer({ min: 0, max: 32_767 });
      },
      get: (_, { status }) => register(status).enable,
    },
  };
}

/**
 * The commands.
 *
 * @param identity What `*IDN?` answers.
 */
export function commonCommands(identity: string): CommonCommands {
  /** Counts `*CLS`, which takes `*OPC` back. */
  let cleared = 0;
  return {
    common: {
      "*IDN": { get: () => identity },
      "*OPT": { get: () => "0" },
      "*TST": { get: () => 0 },
      "*RST": {
        set: (_, context) => {
          cleared++;
          context.reset();
        },
      },
      "*CLS": {
        set: (_, { status }) => {
          cleared++;
          status.clear();
        },
      },
      "*ESE": {
        set: (parameters, { status }) => void (status.eventEnable = byte(parameters)),
        get: (_, { status }) => status.eventEnable,
      },
      "*ESR": { get: (_, { status }) => status.takeEvent() },
      "*SRE": {
        set: (parameters, { status }) => void (status.requestEnable = byte(parameters)),
        get: (_, { status }) => status.requestEnable,
      },
      "*STB": { get: (_, { status }) => status.byte },
      "*OPC": {
        set: (_, { status, idle }) => {
          const before = cleared;
          idle().then(() => {
            if (cleared === before) status.raise(EVENT.operationComplete);
          }, () => {});
        },
        get: async (_, { idle }) => {
          await idle();
          return 1;
        },
      },
      "*WAI": { set: (_, { idle }) => idle() },
      "*TRG": { set: (_, { trigger }) => trigger() },
    },
    tree: {
      ":SYSTem:ERRor[:NEXT]": {
        get: (_, { status }) => {
          const { code, message } = status.takeError();
          return `${code === 0 ? "+" : ""}${code},"${message.replaceAll('"', '""')}"`;
        },
      },
      ":SYSTem:VERSion": { get: () => "1999.0" },
      ":STATus:PRESet": {
        set: (_, { status }) => {
          status.operation.enable = 0;
          status.questionable.enable = 0;
        },
      },
      ...registerCommands("OPERation", (status) => status.operation),
      ...registerCommands("QUEStionable", (status) => status.questionable),
    },
  };
}
