// Made by tools/bundle.ts; do not edit.
// devices/transports/gpib/ib.ts
var STATUS = {
  /** An error; its code says which. */
  ERR: 32768,
  /** The time was up. */
  TIMO: 16384,
  /** The last byte came with END, or was the one to stop at. */
  END: 8192,
  /** Some device asks for service. */
  SRQI: 4096
};
var ERROR = {
  EDVR: 0,
  ECIC: 1,
  ENOL: 2,
  EABO: 6,
  ENEB: 7,
  ECAP: 11,
  EBUS: 14,
  EHDL: 23,
  EPWR: 28
};
var SETTING = {
  PAD: 1,
  TMO: 3,
  EOT: 4,
  AUTOPOLL: 7,
  SRE: 11,
  EOS_READ: 12,
  EOS_COMPARE: 14,
  EOS_BYTE: 15,
  POLL_TIME: 24
};
var STOP_AT = 5120;
var STAY_LOADED = 4098;
var STEPS = [
  0.01,
  0.03,
  0.1,
  0.3,
  1,
  3,
  10,
  30,
  100,
  300,
  1e3,
  3e3,
  1e4,
  3e4,
  1e5,
  3e5,
  1e6
];
function timeoutCode(ms) {
  const at = STEPS.findIndex((step) => step >= ms);
  return at < 0 ? STEPS.length : at + 1;
}
var SYMBOLS = {
  ibdev: {
    parameters: [
      "i32",
      "i32",
      "i32",
      "i32",
      "i32",
      "i32"
    ],
    result: "i32"
  },
  ibonl: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32"
  },
  ibrd: {
    parameters: [
      "i32",
      "buffer",
      "i64"
    ],
    result: "i32"
  },
  ibwrt: {
    parameters: [
      "i32",
      "buffer",
      "i64"
    ],
    result: "i32"
  },
  ibclr: {
    parameters: [
      "i32"
    ],
    result: "i32"
  },
  ibtrg: {
    parameters: [
      "i32"
    ],
    result: "i32"
  },
  ibloc: {
    parameters: [
      "i32"
    ],
    result: "i32"
  },
  ibrsp: {
    parameters: [
      "i32",
      "buffer"
    ],
    result: "i32"
  },
  ibwait: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32"
  },
  ibsic: {
    parameters: [
      "i32"
    ],
    result: "i32"
  },
  ibconfig: {
    parameters: [
      "i32",
      "i32",
      "i32"
    ],
    result: "i32"
  },
  ibask: {
    parameters: [
      "i32",
      "i32",
      "buffer"
    ],
    result: "i32"
  },
  ibln: {
    parameters: [
      "i32",
      "i32",
      "i32",
      "buffer"
    ],
    result: "i32"
  },
  ibtmo: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32",
    optional: true
  },
  ibeos: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32",
    optional: true
  },
  ibeot: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32",
    optional: true
  },
  ibsre: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32",
    optional: true
  },
  ThreadIberr: {
    parameters: [],
    result: "i32",
    optional: true
  },
  ThreadIbcntl: {
    parameters: [],
    result: "i64",
    optional: true
  },
  Iberr: {
    parameters: [],
    result: "u32",
    optional: true
  },
  Ibcnt: {
    parameters: [],
    result: "u32",
    optional: true
  },
  // Of the C library, which every library brings along.
  dlopen: {
    parameters: [
      "buffer",
      "i32"
    ],
    result: "pointer",
    optional: true
  }
};

// devices/transports/gpib/pace.ts
var POLL = 300;

// devices/transports/gpib/calls.ts
var GpibCalls = class {
  #library;
  #devices = /* @__PURE__ */ new Set();
  /** What was set last, so that nothing is set twice: device or board, and the setting. */
  #set = /* @__PURE__ */ new Map();
  /** @param library Belongs to these calls from now on. */
  constructor(library) {
    this.#library = library;
  }
  /** Does what is asked. */
  do(request) {
    if (request.kind === "open") return this.#open(request);
    return "device" in request ? this.#forDevice(request) : this.#forBoard(request);
  }
  /** Closes all devices. */
  end() {
    for (const device of this.#devices) this.#library.symbols.ibonl(device, 0);
    this.#devices.clear();
    this.#library.close();
  }
  /** The result of a call that has just returned. */
  #result(status, more = {}) {
    const bits = status & 65535;
    if ((bits & STATUS.ERR) === 0) return {
      status: bits,
      ...more
    };
    return {
      status: bits,
      error: this.#library.error(),
      count: this.#library.count(),
      ...more
    };
  }
  #open({ board, primary, secondary }) {
    const { ibdev, ibconfig } = this.#library.symbols;
    const device = ibdev(board, primary, secondary, timeoutCode(1e3), 1, 0);
    if (device < 0) return this.#result(STATUS.ERR);
    this.#devices.add(device);
    ibconfig(board, SETTING.AUTOPOLL, 0);
    ibconfig(device, SETTING.POLL_TIME, timeoutCode(POLL));
    return {
      status: 0,
      value: device
    };
  }
  #forDevice(request) {
    const { device } = request;
    const { symbols } = this.#library;
    if ("timeout" in request) {
      const failure = this.#configure(device, SETTING.TMO, request.timeout);
      if (failure !== void 0) return failure;
    }
    switch (request.kind) {
      case "close": {
        this.#devices.delete(device);
        for (const key of [
          ...this.#set.keys()
        ]) {
          if (key.startsWith(`${device}:`)) this.#set.delete(key);
        }
        return this.#result(symbols.ibonl(device, 0));
      }
      case "write": {
        const failure = this.#configure(device, SETTING.EOT, request.end ? 1 : 0);
        if (failure !== void 0) return failure;
        const status = symbols.ibwrt(device, request.data, BigInt(request.data.length));
        return this.#result(status, {
          count: this.#library.count()
        });
      }
      case "read":
        return this.#read(request);
      case "clear":
        return this.#result(symbols.ibclr(device));
      case "trigger":
        return this.#result(symbols.ibtrg(device));
      case "local":
        return this.#result(symbols.ibloc(device));
      case "poll": {
        const out = new Uint8Array(1);
        return this.#result(symbols.ibrsp(device, out), {
          value: out[0] ?? 0
        });
      }
    }
  }
  #read({ device, most, stopAt }) {
    const mode = stopAt === void 0 ? 0 : STOP_AT | stopAt;
    const failure = this.#configure(device, SETTING.EOS_READ, mode);
    if (failure !== void 0) return failure;
    const buffer = new Uint8Array(most);
    const status = this.#library.symbols.ibrd(device, buffer, BigInt(most));
    const failed = (status & STATUS.ERR) !== 0 && this.#library.error() === ERROR.EDVR;
    const data = buffer.slice(0, failed ? 0 : this.#library.count());
    return this.#result(status, {
      data
    });
  }
  #forBoard(request) {
    const { board } = request;
    const { symbols } = this.#library;
    switch (request.kind) {
      case "remote":
        return this.#result(symbols.ibsre?.(board, 1) ?? symbols.ibconfig(board, SETTING.SRE, 1));
      case "interfaceClear":
        return this.#result(symbols.ibsic(board));
      case "requested":
        return this.#result(symbols.ibwait(board, 0));
      case "ownAddress": {
        const out = new Int32Array(1);
        return this.#result(symbols.ibask(board, SETTING.PAD, out), {
          value: out[0] ?? 0
        });
      }
      case "listens": {
        const failure = this.#configure(board, SETTING.TMO, request.timeout);
        if (failure !== void 0) return failure;
        const out = new Int16Array(1);
        const status = symbols.ibln(board, request.primary, request.secondary, out);
        return this.#result(status, {
          value: out[0] ?? 0
        });
      }
    }
  }
  /** Sets something that is not so already; gives the failure if it can't be. */
  #configure(unit, setting, value) {
    const key = `${unit}:${setting}`;
    if (this.#set.get(key) === value) return void 0;
    const status = this.#apply(unit, setting, value);
    if ((status & STATUS.ERR) !== 0) return this.#result(status);
    this.#set.set(key, value);
    return void 0;
  }
  #apply(unit, setting, value) {
    const { ibtmo, ibeot, ibeos, ibconfig } = this.#library.symbols;
    const one = setting === SETTING.TMO ? ibtmo : setting === SETTING.EOT ? ibeot : ibeos;
    if (one !== null) return one(unit, value);
    if (setting !== SETTING.EOS_READ) return ibconfig(unit, setting, value);
    return ibconfig(unit, SETTING.EOS_BYTE, value & 255) | ibconfig(unit, SETTING.EOS_COMPARE, value === 0 ? 0 : 1) | ibconfig(unit, SETTING.EOS_READ, value === 0 ? 0 : 1);
  }
};

// devices/transports/gpib/load.ts
function loadGpib(candidates) {
  const reasons = [];
  for (const path of candidates) {
    if (Deno.permissions.querySync({
      name: "ffi",
      path
    }).state !== "granted") {
      reasons.push(`${path} (not permitted)`);
      continue;
    }
    try {
      return load(path);
    } catch (error) {
      reasons.push(`${path} (${error instanceof Error ? error.message : error})`);
    }
  }
  return reasons;
}
function load(path) {
  const library = Deno.dlopen(path, SYMBOLS);
  const { symbols } = library;
  const error = symbols.ThreadIberr ?? symbols.Iberr;
  const count = symbols.ThreadIbcntl ?? symbols.Ibcnt;
  if (error === null || count === null) {
    library.close();
    throw new Error("it has no ThreadIberr and ThreadIbcntl");
  }
  if (Deno.build.os === "linux") {
    symbols.dlopen?.(new TextEncoder().encode(`${path}\0`), STAY_LOADED);
  }
  return {
    symbols,
    error: () => error(),
    count: () => Number(count()),
    close: () => library.close()
  };
}

// devices/transports/gpib/gpib_worker.ts
var scope = globalThis;
var calls;
function answer(request) {
  if (request.kind === "load") {
    const loaded = loadGpib(request.candidates);
    if (!("symbols" in loaded)) return {
      status: 0,
      reasons: loaded
    };
    calls = new GpibCalls(loaded);
    return {
      status: 0
    };
  }
  if (request.kind === "end") {
    calls?.end();
    calls = void 0;
    return {
      status: 0
    };
  }
  if (calls === void 0) throw new Error("no library is loaded");
  return calls.do(request);
}
scope.onmessage = ({ data }) => {
  const result = answer(data);
  scope.postMessage(result, result.data === void 0 ? [] : [
    result.data.buffer
  ]);
};
