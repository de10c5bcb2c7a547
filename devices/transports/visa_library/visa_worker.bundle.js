// Made by tools/bundle.ts; do not edit.
// devices/transports/visa_library/visa.ts
var STATUS = {
  TERM_CHAR: 1073676293,
  MAX_CNT: 1073676294,
  SYSTEM_ERROR: 3221159936,
  INV_OBJECT: 3221159950,
  RSRC_NFOUND: 3221159953,
  TMO: 3221159957,
  RAW_WR_PROT_VIOL: 3221159988,
  BERR: 3221159992,
  NSUP_OPER: 3221160039,
  CONN_LOST: 3221160102
};
var ATTRIBUTE = {
  RSRC_CLASS: 3221159937,
  RSRC_NAME: 3221159938,
  SEND_END_EN: 1073676310,
  TERMCHAR: 1073676312,
  TMO_VALUE: 1073676314,
  TERMCHAR_EN: 1073676344,
  ASRL_AVAIL_NUM: 1073676460,
  ASRL_END_IN: 1073676467,
  INTF_TYPE: 1073676657
};
var SERVICE_REQUEST = 1073684491;
var QUEUE = 1;
var SERIAL = 4;
var SYMBOLS = {
  viOpenDefaultRM: {
    parameters: [
      "buffer"
    ],
    result: "i32",
    nonblocking: true
  },
  viOpen: {
    parameters: [
      "u32",
      "buffer",
      "u32",
      "u32",
      "buffer"
    ],
    result: "i32",
    nonblocking: true
  },
  viClose: {
    parameters: [
      "u32"
    ],
    result: "i32",
    nonblocking: true
  },
  viRead: {
    parameters: [
      "u32",
      "buffer",
      "u32",
      "buffer"
    ],
    result: "i32",
    nonblocking: true
  },
  viWrite: {
    parameters: [
      "u32",
      "buffer",
      "u32",
      "buffer"
    ],
    result: "i32",
    nonblocking: true
  },
  viGetAttribute: {
    parameters: [
      "u32",
      "u32",
      "buffer"
    ],
    result: "i32"
  },
  viSetAttribute: {
    parameters: [
      "u32",
      "u32",
      "u64"
    ],
    result: "i32"
  },
  viStatusDesc: {
    parameters: [
      "u32",
      "i32",
      "buffer"
    ],
    result: "i32",
    optional: true
  },
  viClear: {
    parameters: [
      "u32"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viReadSTB: {
    parameters: [
      "u32",
      "buffer"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viAssertTrigger: {
    parameters: [
      "u32",
      "u16"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viTerminate: {
    parameters: [
      "u32",
      "u16",
      "u32"
    ],
    result: "i32",
    optional: true
  },
  viLock: {
    parameters: [
      "u32",
      "u32",
      "u32",
      "buffer",
      "buffer"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viUnlock: {
    parameters: [
      "u32"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viEnableEvent: {
    parameters: [
      "u32",
      "u32",
      "u16",
      "u32"
    ],
    result: "i32",
    optional: true
  },
  viDisableEvent: {
    parameters: [
      "u32",
      "u32",
      "u16"
    ],
    result: "i32",
    optional: true
  },
  viWaitOnEvent: {
    parameters: [
      "u32",
      "u32",
      "u32",
      "buffer",
      "buffer"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viGpibControlREN: {
    parameters: [
      "u32",
      "u16"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viFindRsrc: {
    parameters: [
      "u32",
      "buffer",
      "buffer",
      "buffer",
      "buffer"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  },
  viFindNext: {
    parameters: [
      "u32",
      "buffer"
    ],
    result: "i32",
    nonblocking: true,
    optional: true
  }
};

// devices/transports/visa_library/load.ts
var encoder = new TextEncoder();
function cstring(text) {
  return encoder.encode(`${text}\0`);
}
function textOf(buffer) {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(buffer.subarray(0, end < 0 ? buffer.length : end));
}
function failed(status) {
  return status >= 2147483648;
}
function missing(name) {
  return {
    status: STATUS.NSUP_OPER,
    missing: name
  };
}
async function loadVisa(candidates) {
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
      const library = Deno.dlopen(path, SYMBOLS);
      const out = new Uint32Array(1);
      const status = await library.symbols.viOpenDefaultRM(out) >>> 0;
      if (!failed(status)) return {
        library,
        manager: out[0] ?? 0
      };
      library.close();
      reasons.push(`${path} (its resource manager fails with 0x${status.toString(16)})`);
    } catch (error) {
      reasons.push(`${path} (${error instanceof Error ? error.message : error})`);
    }
  }
  return reasons;
}

// devices/transports/visa_library/waits.ts
var SLICE = 200;
async function lockInSlices({ viLock, viUnlock }, vi, { key, timeout }, asked) {
  if (viLock === null || viUnlock === null) return STATUS.NSUP_OPER;
  const out = new Uint8Array(1024);
  const wanted = key === void 0 ? null : cstring(key);
  for (let left = timeout; ; left -= SLICE) {
    const slice = Math.max(0, Math.min(left, SLICE));
    const status = await viLock(vi, wanted === null ? 1 : 2, slice, wanted, out) >>> 0;
    if (!failed(status)) {
      if (!asked.cancelled) return status;
      await viUnlock(vi);
      return STATUS.TMO;
    }
    if (status !== STATUS.TMO || left <= SLICE || asked.cancelled) return status;
  }
}
async function tellRequests({ viWaitOnEvent, viReadSTB, viClose }, vi, state, say2) {
  while (!state.stop && viWaitOnEvent !== null) {
    const type = new Uint32Array(1);
    const context = new Uint32Array(1);
    const status = await viWaitOnEvent(vi, SERVICE_REQUEST, SLICE, type, context) >>> 0;
    if (status === STATUS.TMO) continue;
    if (failed(status)) return;
    await viClose(context[0] ?? 0);
    const out = new Uint16Array(1);
    const polled = viReadSTB === null ? STATUS.NSUP_OPER : await viReadSTB(vi, out) >>> 0;
    const statusByte = failed(polled) ? void 0 : (out[0] ?? 0) & 255;
    if (!state.stop) say2({
      session: vi,
      statusByte
    });
  }
}

// devices/transports/visa_library/calls.ts
var MOST = 4 * 2 ** 20;
var VisaCalls = class {
  #library;
  #manager;
  #say;
  #sessions = /* @__PURE__ */ new Map();
  /** Calls under way. */
  #running = /* @__PURE__ */ new Set();
  /** @param say Tells service requests. */
  constructor({ library, manager }, say2) {
    this.#library = library;
    this.#manager = manager;
    this.#say = say2;
  }
  /** Does what is asked; what is asked of one session is done in order. */
  do(request, asked) {
    if (request.kind === "end") return this.#end();
    const work = this.#begin(request, asked);
    this.#running.add(work);
    void work.catch(() => {
    }).then(() => this.#running.delete(work));
    return work;
  }
  #begin(request, asked) {
    if (!("session" in request)) return this.#outside(request, asked);
    const session = this.#sessions.get(request.session);
    if (session === void 0) return Promise.resolve(this.#result(0, STATUS.INV_OBJECT));
    const work = session.tail.then(() => {
      if (asked.cancelled) return this.#result(request.session, STATUS.TMO);
      return this.#inside(request, session, asked);
    });
    session.tail = work.catch(() => {
    });
    return work;
  }
  /** Tells the library to give a session's work up, as far as it can. */
  terminate(session) {
    this.#library.symbols.viTerminate?.(session, 0, 0);
  }
  #result(vi, code, more = {}) {
    const status = code >>> 0;
    if (!failed(status)) return {
      status,
      ...more
    };
    const buffer = new Uint8Array(1024);
    const described = this.#library.symbols.viStatusDesc?.(vi === 0 ? this.#manager : vi, code | 0, buffer);
    return {
      status,
      ...described === 0 ? {
        text: textOf(buffer)
      } : {},
      ...more
    };
  }
  #outside(request, asked) {
    if (request.kind === "find") return this.#find(request.expression);
    if (request.kind === "open") return this.#open(request.resource, request.timeout, asked);
    return Promise.resolve({
      status: 0
    });
  }
  /** Closes everything. A library must not be unloaded while a call is in it. */
  async #end() {
    await Promise.allSettled([
      ...this.#running
    ]);
    await Promise.all([
      ...this.#sessions.keys()
    ].map((session) => this.#close(session)));
    await this.#library.symbols.viClose(this.#manager);
    this.#library.close();
    return {
      status: 0
    };
  }
  async #find(expression) {
    const { viFindRsrc, viFindNext, viClose } = this.#library.symbols;
    if (viFindRsrc === null || viFindNext === null) return missing("viFindRsrc");
    const list = new Uint32Array(1);
    const count = new Uint32Array(1);
    const name = new Uint8Array(1024);
    const status = await viFindRsrc(this.#manager, cstring(expression), list, count, name) >>> 0;
    if (status === STATUS.RSRC_NFOUND) return {
      status: 0,
      names: []
    };
    if (failed(status)) return this.#result(0, status);
    const names = [
      textOf(name)
    ];
    while (names.length < (count[0] ?? 0)) {
      name.fill(0);
      if (failed(await viFindNext(list[0] ?? 0, name) >>> 0)) break;
      names.push(textOf(name));
    }
    await viClose(list[0] ?? 0);
    return {
      status: 0,
      names
    };
  }
  async #open(resource, timeout, asked) {
    const out = new Uint32Array(1);
    const status = await this.#library.symbols.viOpen(this.#manager, cstring(resource), 0, timeout, out) >>> 0;
    if (failed(status)) return this.#result(0, status);
    const vi = out[0] ?? 0;
    if (asked.cancelled) {
      await this.#library.symbols.viClose(vi);
      return this.#result(0, STATUS.TMO);
    }
    const interfaceType = new DataView(this.#get(vi, ATTRIBUTE.INTF_TYPE).buffer).getUint16(0, true);
    const serial = interfaceType === SERIAL;
    this.#sessions.set(vi, {
      serial,
      attributes: /* @__PURE__ */ new Map(),
      tail: Promise.resolve(),
      listening: void 0
    });
    return {
      status,
      value: vi,
      interfaceType,
      names: [
        textOf(this.#get(vi, ATTRIBUTE.RSRC_NAME)) || resource
      ],
      resourceClass: textOf(this.#get(vi, ATTRIBUTE.RSRC_CLASS))
    };
  }
  async #inside(request, session, asked) {
    const vi = request.session;
    const { symbols } = this.#library;
    if ("timeout" in request && request.kind !== "lock") {
      this.#set(vi, session, ATTRIBUTE.TMO_VALUE, BigInt(request.timeout));
    }
    switch (request.kind) {
      case "close":
        return this.#result(0, await this.#close(vi));
      case "write":
        return await this.#write(vi, session, request.data, request.end);
      case "read":
        return await this.#read(vi, session, request.most, request.stopAt);
      case "clear":
        if (symbols.viClear === null) return missing("viClear");
        return this.#result(vi, await symbols.viClear(vi));
      case "trigger":
        if (symbols.viAssertTrigger === null) return missing("viAssertTrigger");
        return this.#result(vi, await symbols.viAssertTrigger(vi, 0));
      case "statusByte": {
        if (symbols.viReadSTB === null) return missing("viReadSTB");
        const out = new Uint16Array(1);
        const status = await symbols.viReadSTB(vi, out);
        return this.#result(vi, status, {
          value: (out[0] ?? 0) & 255
        });
      }
      case "remote":
        if (symbols.viGpibControlREN === null) return missing("viGpibControlREN");
        return this.#result(vi, await symbols.viGpibControlREN(vi, request.mode));
      case "lock":
        if (symbols.viLock === null || symbols.viUnlock === null) return missing("viLock");
        return this.#result(vi, await lockInSlices(symbols, vi, request, asked));
      case "unlock":
        if (symbols.viUnlock === null) return missing("viUnlock");
        return this.#result(vi, await symbols.viUnlock(vi));
      case "attribute":
        session.attributes.delete(request.attribute);
        return this.#result(vi, this.#set(vi, session, request.attribute, request.state));
      case "listen": {
        if (symbols.viEnableEvent === null || symbols.viWaitOnEvent === null) {
          return missing("viEnableEvent");
        }
        const status = symbols.viEnableEvent(vi, SERVICE_REQUEST, QUEUE, 0) >>> 0;
        if (!failed(status) && session.listening === void 0) {
          const state = {
            stop: false,
            ended: Promise.resolve()
          };
          session.listening = state;
          state.ended = tellRequests(symbols, vi, state, this.#say);
        }
        return this.#result(vi, status);
      }
      case "unlisten":
        return this.#result(vi, await this.#unlisten(vi, session));
    }
  }
  async #close(vi) {
    const session = this.#sessions.get(vi);
    if (session !== void 0) await this.#unlisten(vi, session);
    this.#sessions.delete(vi);
    return await this.#library.symbols.viClose(vi);
  }
  async #write(vi, session, data, end) {
    const out = new Uint32Array(1);
    for (let sent = 0; sent < data.length; ) {
      const piece = data.subarray(sent, sent + MOST);
      const last = sent + piece.length === data.length;
      if (!session.serial) {
        this.#set(vi, session, ATTRIBUTE.SEND_END_EN, end && last ? 1n : 0n);
      }
      out[0] = 0;
      const status = await this.#library.symbols.viWrite(vi, piece, piece.length, out) >>> 0;
      if (failed(status) || out[0] === 0) {
        return this.#result(vi, failed(status) ? status : STATUS.SYSTEM_ERROR);
      }
      sent += out[0] ?? 0;
    }
    return {
      status: 0
    };
  }
  async #read(vi, session, most, stopAt) {
    if (stopAt !== void 0) this.#set(vi, session, ATTRIBUTE.TERMCHAR, BigInt(stopAt));
    this.#set(vi, session, ATTRIBUTE.TERMCHAR_EN, stopAt === void 0 ? 0n : 1n);
    let length = Math.min(most, MOST);
    if (session.serial && stopAt === void 0) {
      this.#set(vi, session, ATTRIBUTE.ASRL_END_IN, 0n);
      const waiting = new DataView(this.#get(vi, ATTRIBUTE.ASRL_AVAIL_NUM).buffer).getUint32(0, true);
      length = Math.min(length, Math.max(1, waiting));
    } else if (session.serial) {
      this.#set(vi, session, ATTRIBUTE.ASRL_END_IN, 2n);
    }
    const buffer = new Uint8Array(length);
    const out = new Uint32Array(1);
    const status = await this.#library.symbols.viRead(vi, buffer, length, out) >>> 0;
    const data = buffer.slice(0, Math.min(out[0] ?? 0, length));
    return this.#result(vi, status, {
      data
    });
  }
  async #unlisten(vi, session) {
    const state = session.listening;
    if (state === void 0) return 0;
    state.stop = true;
    await state.ended;
    session.listening = void 0;
    return this.#library.symbols.viDisableEvent?.(vi, SERVICE_REQUEST, QUEUE) ?? 0;
  }
  /** An attribute's bytes: as many as its type has are written, the rest is zero. */
  #get(vi, attribute) {
    const buffer = new Uint8Array(1024);
    this.#library.symbols.viGetAttribute(vi, attribute, buffer);
    return buffer;
  }
  #set(vi, session, attribute, state) {
    if (session.attributes.get(attribute) === state) return 0;
    const status = this.#library.symbols.viSetAttribute(vi, attribute, state) >>> 0;
    if (!failed(status)) session.attributes.set(attribute, state);
    return status;
  }
};

// devices/transports/visa_library/visa_worker.ts
var scope = globalThis;
var calls;
var loading;
var pending = /* @__PURE__ */ new Map();
function say(message) {
  const data = "result" in message ? message.result.data : void 0;
  scope.postMessage(message, data === void 0 ? [] : [
    data.buffer
  ]);
}
async function answer({ id, request }, asked) {
  let result = {
    status: 0
  };
  if (request.kind === "load") {
    loading = loadVisa(request.candidates);
    const loaded = await loading;
    if ("library" in loaded) calls = new VisaCalls(loaded, say);
    else result = {
      status: 0,
      names: loaded
    };
  } else {
    await loading;
    if (calls !== void 0) result = await calls.do(request, asked);
  }
  pending.delete(id);
  if (request.kind === "end") calls = void 0;
  say({
    id,
    result
  });
}
scope.onmessage = ({ data }) => {
  if ("cancel" in data) {
    const given = pending.get(data.cancel);
    if (given === void 0) return;
    given.asked.cancelled = true;
    if (given.session !== void 0) calls?.terminate(given.session);
    return;
  }
  const asked = {
    cancelled: false
  };
  const session = "session" in data.request ? data.request.session : void 0;
  pending.set(data.id, {
    asked,
    session
  });
  void answer(data, asked);
};
