// Made by tools/bundle.ts; do not edit.
// session/store/writer_worker.ts
import { backup, DatabaseSync as DatabaseSync2 } from "node:sqlite";

// session/store/batch.ts
var RECORD = -1;
function batchOf(records) {
  const words = new Float64Array(records.length * 2);
  records.forEach((_, place) => {
    words[place * 2] = RECORD;
    words[place * 2 + 1] = place;
  });
  return {
    words,
    length: words.length,
    records
  };
}

// session/store/database.ts
import { DatabaseSync } from "node:sqlite";

// session/version.ts
var VERSION = "0.1.0";

// session/store/migrations.ts
var OUTBOX = `
CREATE TABLE outbox(
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, channel_kind TEXT NOT NULL,
  settings TEXT NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, subject TEXT NOT NULL,
  created INTEGER NOT NULL, not_before INTEGER NOT NULL, expires INTEGER NOT NULL,
  coalesce_key TEXT, bytes INTEGER NOT NULL, payload INTEGER NOT NULL, "check" INTEGER NOT NULL,
  state TEXT NOT NULL, stands_for INTEGER NOT NULL, attempts INTEGER NOT NULL, settled INTEGER,
  last_error TEXT) STRICT;
CREATE INDEX outbox_by_state ON outbox(state, seq);
CREATE INDEX outbox_by_payload ON outbox(payload);
CREATE TABLE outbox_payload(
  id INTEGER PRIMARY KEY, header TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE outbox_total(state TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
var MIGRATIONS = [
  {
    from: 1,
    apply: (db) => db.exec(OUTBOX)
  }
];
function migrate(db, target, migrations = MIGRATIONS) {
  db.prepare("BEGIN IMMEDIATE").run();
  try {
    let version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    while (version < target) {
      const step = migrations.find((migration) => migration.from === version);
      if (step === void 0) {
        throw new RangeError(`Cannot migrate the session as there is no step from schema ${version} to ${version + 1}. Open it with the version of Stripchart that wrote it.`);
      }
      step.apply(db);
      version += 1;
      db.exec(`PRAGMA user_version = ${version}`);
    }
    db.prepare("INSERT OR REPLACE INTO meta(key, value) VALUES ('version', ?)").run(VERSION);
    db.prepare("COMMIT").run();
  } catch (error) {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
    throw error;
  }
}

// session/store/schema.ts
var APPLICATION_ID = 1398035011;
var SCHEMA_VERSION = 2;
var OLDEST_READ = 1;
var COLUMN_SPACE = 2 ** 20;
var TIME_COLUMN = 0;
var SEQ_COLUMN = COLUMN_SPACE - 1;
var MOST_COLUMNS = COLUMN_SPACE - 2;
var FIRST_TABLES = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE run(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
  status TEXT NOT NULL, reason TEXT, first_seq INTEGER NOT NULL, provenance TEXT NOT NULL,
  version TEXT NOT NULL) STRICT;
CREATE TABLE variable(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, unit TEXT, label TEXT, description TEXT) STRICT;
CREATE TABLE stream(
  id INTEGER PRIMARY KEY, columns TEXT NOT NULL UNIQUE, "check" INTEGER NOT NULL) STRICT;
CREATE TABLE tail(
  seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, t INTEGER NOT NULL, "check" INTEGER NOT NULL,
  vals BLOB NOT NULL) STRICT;
CREATE TABLE chunk(
  id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, n INTEGER NOT NULL, t0 INTEGER NOT NULL,
  t1 INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  seq_stride INTEGER NOT NULL, "check" INTEGER NOT NULL) STRICT;
CREATE INDEX chunk_by_time ON chunk(stream, t0, t1);
CREATE INDEX chunk_by_seq ON chunk(stream, last_seq);
CREATE TABLE chunk_data(
  id INTEGER PRIMARY KEY, lo REAL, hi REAL, sum REAL, finite INTEGER NOT NULL, crc INTEGER NOT NULL,
  "check" INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE dataset_name(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE dataset(
  seq INTEGER PRIMARY KEY, name INTEGER NOT NULL, t INTEGER NOT NULL, dtype TEXT NOT NULL,
  shape TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX dataset_by_name ON dataset(name);
CREATE INDEX dataset_by_time ON dataset(name, t);
CREATE TABLE parameter(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, name TEXT NOT NULL, value REAL, bits BLOB NOT NULL,
  "check" INTEGER NOT NULL) STRICT;
CREATE INDEX parameter_by_name ON parameter(name);
CREATE TABLE metadata(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  "check" INTEGER NOT NULL) STRICT;
CREATE INDEX metadata_by_name ON metadata(name);
CREATE TABLE event(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, source TEXT,
  message TEXT NOT NULL, data TEXT, "check" INTEGER NOT NULL) STRICT;
CREATE INDEX event_by_kind ON event(kind);
CREATE TABLE task(
  run INTEGER NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, period REAL,
  state TEXT NOT NULL, ticks INTEGER NOT NULL, skipped INTEGER NOT NULL, failures INTEGER NOT NULL,
  lateness_p50 REAL, lateness_p99 REAL, lateness_max REAL,
  duration_p50 REAL, duration_p99 REAL, duration_max REAL,
  PRIMARY KEY (run, name)) STRICT, WITHOUT ROWID;
`;
function createSchema(db) {
  db.prepare("BEGIN IMMEDIATE").run();
  try {
    db.exec(FIRST_TABLES);
    for (const step of MIGRATIONS) step.apply(db);
    db.prepare("INSERT INTO meta(key, value) VALUES ('version', ?)").run(VERSION);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.prepare("COMMIT").run();
  } catch (error) {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
    throw error;
  }
}

// session/store/sqlite_error.ts
var SQLITE = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  NOTADB: 26
};
var IOERR_SHMSIZE = 10 | 19 << 8;
function extendedCode(error) {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return void 0;
  return typeof error.errcode === "number" ? error.errcode : void 0;
}
var TEXTS = [
  [
    "unable to open database",
    SQLITE.CANTOPEN
  ],
  [
    "database is locked",
    SQLITE.BUSY
  ],
  [
    "database or disk is full",
    SQLITE.FULL
  ],
  [
    "disk I/O error",
    SQLITE.IOERR
  ],
  [
    "database disk image is malformed",
    SQLITE.CORRUPT
  ],
  [
    "file is not a database",
    SQLITE.NOTADB
  ],
  [
    "attempt to write a readonly database",
    SQLITE.READONLY
  ]
];
function primaryCode(error) {
  const code = extendedCode(error);
  if (code !== void 0) return code === IOERR_SHMSIZE ? SQLITE.FULL : code & 255;
  if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) {
    return void 0;
  }
  return TEXTS.find(([text]) => error.message.includes(text))?.[1] ?? 1;
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

// session/store/database.ts
var BUSY_TIMEOUT = 5e3;
function refusal(path, why, cause) {
  return new Error(`Cannot open ${path} as ${why}.`, cause === void 0 ? {} : {
    cause
  });
}
function explain(path, error) {
  const message = messageOf(error);
  switch (primaryCode(error)) {
    case SQLITE.NOTADB:
      return refusal(path, "it is not a session: it is no SQLite database", error);
    case SQLITE.CORRUPT:
      return refusal(path, `it is damaged or cut short (${message}): copy it, then try to read the copy with salvage`, error);
    case SQLITE.FULL:
      return refusal(path, "the disk is full: free some space", error);
    case SQLITE.BUSY:
      return refusal(path, "another program keeps it locked: end that program", error);
    case SQLITE.READONLY:
      return refusal(path, "it may not be written: check the rights of the file and its folder", error);
    case SQLITE.IOERR:
      return refusal(path, `the disk fails or is full (${message})`, error);
    case SQLITE.CANTOPEN:
      return refusal(path, "the file or its folder does not exist or may not be used (or the disk is full)", error);
  }
  if (error instanceof Deno.errors.NotCapable) return error;
  return refusal(path, `SQLite refuses it (${message})`, error);
}
function tableExists(db, name) {
  const sql = "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?";
  return db.prepare(sql).get(name) !== void 0;
}
function inspect(db, path) {
  try {
    const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    const tables = Number(db.prepare("SELECT count(*) AS n FROM sqlite_master").get()?.n);
    if (application === APPLICATION_ID) {
      if (version === SCHEMA_VERSION) return "session";
      if (version < SCHEMA_VERSION) return version < OLDEST_READ ? "old" : "older";
      const writer2 = db.prepare("SELECT value FROM meta WHERE key = 'version'").get()?.value;
      throw new RangeError(`Cannot open ${path} as it is schema ${version}, written by Stripchart ${writer2 ?? "?"}; this is ${VERSION}, which reads up to schema ${SCHEMA_VERSION}: update Stripchart.`);
    }
    if (tables === 0 && application === 0 && version === 0) return "empty";
    if (application === 0 && tableExists(db, "log_names")) {
      throw refusal(path, "it is a session of pymanip, not of Stripchart: choose another name");
    }
    throw refusal(path, `it is another program's database (application id ${application})`);
  } catch (error) {
    if (primaryCode(error) === void 0) throw error;
    throw explain(path, error);
  }
}
function configure(db) {
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY");
  if (Deno.build.os === "darwin") {
    db.exec("PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1");
  }
}
function refuseFolder(path) {
  if (path === ":memory:") return;
  let info;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (info.isDirectory) throw refusal(path, "it is a folder");
}
function openForWriting(path, schema = {
  version: SCHEMA_VERSION,
  migrations: MIGRATIONS
}) {
  refuseFolder(path);
  let db;
  try {
    db = new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT
    });
  } catch (error) {
    throw explain(path, error);
  }
  try {
    const found = schema.version === SCHEMA_VERSION || path === ":memory:" ? inspect(db, path) : "old";
    configure(db);
    if (found === "empty") createSchema(db);
    else if (found !== "session") migrate(db, schema.version, schema.migrations);
    db.prepare("BEGIN IMMEDIATE").run();
    db.prepare("ROLLBACK").run();
    return db;
  } catch (error) {
    db.close();
    throw primaryCode(error) === void 0 ? error : explain(path, error);
  }
}

// session/store/wal_guard.ts
function inode(path) {
  try {
    const { ino, size } = Deno.statSync(path);
    return {
      ino,
      size
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return void 0;
    throw error;
  }
}
var WalGuard = class {
  #path;
  #wal;
  #fileInode;
  #walInode;
  /** Size of the write-ahead log when it was last looked at, in bytes. */
  walSize = 0;
  /** Remembers a file that is open and whose write-ahead log exists. */
  constructor(path) {
    this.#path = path;
    this.#wal = `${path}-wal`;
    this.#fileInode = inode(this.#path)?.ino;
    this.#walInode = inode(this.#wal)?.ino;
  }
  /** What is amiss, in words, or undefined. */
  look() {
    const file = inode(this.#path);
    if (file === void 0) return "the file was moved or removed";
    if (file.ino !== this.#fileInode) return "the file was replaced by another one";
    const wal = inode(this.#wal);
    if (wal === void 0) return "its write-ahead log was moved or removed";
    if (wal.ino !== this.#walInode) return "its write-ahead log was replaced by another one";
    this.walSize = wal.size;
    return void 0;
  }
};

// session/store/watchdog.ts
var Watchdog = class {
  #heartbeat;
  #stallAfter;
  #last = 0;
  #seenAt = 0;
  #lookedAt = 0;
  #stalled = false;
  /** Watches a counter; `stallAfter` is in milliseconds. */
  constructor(heartbeat, stallAfter) {
    this.#heartbeat = heartbeat;
    this.#stallAfter = stallAfter;
  }
  /**
   * Looks once.
   *
   * @param now Monotonic milliseconds.
   * @param period How often it is called. A call that is late by more than that means that this
   * thread stood still too, as when the computer sleeps: the watch begins anew.
   */
  look(now, period) {
    const count = Atomics.load(this.#heartbeat, 0);
    const late = this.#lookedAt !== 0 && now - this.#lookedAt > 2 * period;
    this.#lookedAt = now;
    if (count === 0) return void 0;
    if (count !== this.#last) {
      const lasted = now - this.#seenAt;
      const over = this.#stalled;
      this.#last = count;
      this.#seenAt = now;
      this.#stalled = false;
      return over ? {
        over,
        lasted
      } : void 0;
    }
    if (late && !this.#stalled) this.#seenAt = now;
    if (this.#stalled || now - this.#seenAt < this.#stallAfter) return void 0;
    this.#stalled = true;
    return {
      over: false,
      lasted: now - this.#seenAt
    };
  }
};

// session/store/codec.ts
import { crc32 } from "node:zlib";
function bytesOf(array) {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
function checksum(bytes) {
  return crc32(bytes);
}
var scratch = new Float64Array(9);
var scratchBytes = [
  ...scratch.keys()
].map((n) => new Uint8Array(scratch.buffer, 0, n * 8));
function checkNumbers(n) {
  return crc32(scratchBytes[n] ?? new Uint8Array(scratch.buffer));
}
function plain(value) {
  return value === null || Number.isNaN(value) ? 0 : value + 0;
}
function tailCheck(seq, stream, t, vals) {
  scratch[0] = seq;
  scratch[1] = stream;
  scratch[2] = t;
  return crc32(vals, checkNumbers(3));
}
function chunkCheck(id, stream, n, t0, t1, firstSeq, lastSeq, stride) {
  scratch[0] = id;
  scratch[1] = stream;
  scratch[2] = n;
  scratch[3] = t0;
  scratch[4] = t1;
  scratch[5] = firstSeq;
  scratch[6] = lastSeq;
  scratch[7] = stride;
  return checkNumbers(8);
}
function columnCheck(id, lo, hi, sum, finite, crc) {
  scratch[0] = id;
  scratch[1] = plain(lo);
  scratch[2] = plain(hi);
  scratch[3] = plain(sum);
  scratch[4] = finite;
  scratch[5] = crc;
  return checkNumbers(6);
}
var encoder = new TextEncoder();
function streamCheck(id, ids, names) {
  return crc32(encoder.encode(JSON.stringify([
    id,
    ids,
    names
  ])));
}
function rowCheck(...fields) {
  return crc32(encoder.encode(JSON.stringify(fields)));
}
function parameterCheck(seq, t, name, bits) {
  return crc32(bits, rowCheck(seq, t, name));
}
function datasetCheck(seq, name, t, dtype, shape, data) {
  return crc32(data, crc32(encoder.encode(JSON.stringify([
    seq,
    name,
    t,
    dtype,
    shape
  ]))));
}
function summarize(values) {
  let lo = Infinity;
  let hi = -Infinity;
  let sum = 0;
  let finite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value - value !== 0) continue;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
    sum += value;
    finite += 1;
  }
  return finite === 0 ? {
    lo: null,
    hi: null,
    sum: null,
    finite
  } : {
    lo: lo + 0,
    hi: hi + 0,
    sum: Number.isNaN(sum) ? null : sum + 0,
    finite
  };
}
function extent(values) {
  let lo = Infinity;
  let hi = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return [
    lo,
    hi
  ];
}
function encodeTimes(times, t0, t1) {
  if (t1 - t0 > 4294967295) return bytesOf(times);
  const offsets = new Uint32Array(times.length);
  for (let i = 0; i < times.length; i++) offsets[i] = times[i] - t0;
  return bytesOf(offsets);
}
function aligned(data, size) {
  if (data.byteOffset % size === 0 && data.buffer instanceof ArrayBuffer) return data.buffer;
  return data.slice().buffer;
}
function offsetIn(buffer, data) {
  return buffer === data.buffer ? data.byteOffset : 0;
}
function float64s(data) {
  const buffer = aligned(data, 8);
  return new Float64Array(buffer, offsetIn(buffer, data), data.byteLength >>> 3);
}
function encodeSeqs(seqs) {
  const n = seqs.length;
  if (n < 2) return {
    stride: 1,
    data: null
  };
  const stride = seqs[1] - seqs[0];
  let constant = true;
  let greatest = 0;
  const deltas = new Float64Array(n - 1);
  for (let i = 1; i < n; i++) {
    const delta = seqs[i] - seqs[i - 1];
    deltas[i - 1] = delta;
    if (delta !== stride) constant = false;
    if (delta > greatest) greatest = delta;
  }
  if (constant) return {
    stride,
    data: null
  };
  if (greatest <= 255) return {
    stride: 0,
    data: Uint8Array.from(deltas)
  };
  if (greatest <= 65535) return {
    stride: 0,
    data: bytesOf(Uint16Array.from(deltas))
  };
  if (greatest <= 4294967295) return {
    stride: 0,
    data: bytesOf(Uint32Array.from(deltas))
  };
  return {
    stride: 0,
    data: bytesOf(deltas)
  };
}

// session/store/tail_buffer.ts
var CHUNK_ROWS = 1e3;
var FEWEST_ROWS = 64;
var CHUNK_BYTES = 4 * 2 ** 20;
function chunkRows(width, most) {
  const fit = Math.floor(CHUNK_BYTES / (8 * width));
  return Math.min(most, Math.max(fit, Math.min(FEWEST_ROWS, most)));
}
var TailBuffer = class {
  /** The stream's number in the file. */
  stream;
  /** Values of an entry. */
  width;
  /** Entries that make a full chunk. */
  full;
  /** Entries held. */
  n = 0;
  #seqs = new Float64Array(16);
  #times = new Float64Array(16);
  #rows;
  /** An empty buffer. */
  constructor(stream, width, full) {
    this.stream = stream;
    this.width = width;
    this.full = full;
    this.#rows = new Float64Array(16 * width);
  }
  /** Bytes that the values held take. */
  get bytes() {
    return this.n * this.width * 8;
  }
  /** Adds an entry whose values are in `words` from `at`. */
  push(seq, t, words, at) {
    const { n, width } = this;
    if (n === this.#seqs.length) this.#grow();
    this.#seqs[n] = seq;
    this.#times[n] = t;
    const rows2 = this.#rows;
    const to = n * width;
    if (width < 16) {
      for (let i = 0; i < width; i++) rows2[to + i] = words[at + i];
    } else rows2.set(words.subarray(at, at + width), to);
    this.n = n + 1;
  }
  #grow() {
    const capacity = this.#seqs.length * 2;
    const widen = (old, length) => {
      const wide = new Float64Array(length);
      wide.set(old);
      return wide;
    };
    this.#seqs = widen(this.#seqs, capacity);
    this.#times = widen(this.#times, capacity);
    this.#rows = widen(this.#rows, capacity * this.width);
  }
  /** Sequence numbers of the first `n` entries. */
  seqs(n) {
    return this.#seqs.slice(0, n);
  }
  /** Times of the first `n` entries. */
  times(n) {
    return this.#times.slice(0, n);
  }
  /** One column of the first `n` entries, into `target`. */
  column(column, n, target) {
    const { width } = this;
    const rows2 = this.#rows;
    for (let i = 0, at = column; i < n; i++, at += width) target[i] = rows2[at];
  }
  /** Forgets the first `n` entries. */
  drop(n) {
    this.#seqs.copyWithin(0, n, this.n);
    this.#times.copyWithin(0, n, this.n);
    this.#rows.copyWithin(0, n * this.width, this.n * this.width);
    this.n -= n;
  }
};

// session/store/chunk_writer.ts
var scratch2 = new Float64Array(CHUNK_ROWS);
function writeChunk(sql, id, buffer, n, batchFirst) {
  const { stream, width } = buffer;
  const base = id * COLUMN_SPACE;
  const seqs = buffer.seqs(n);
  const times = buffer.times(n);
  const first = seqs[0];
  const last = seqs[n - 1];
  const [t0, t1] = extent(times);
  const { stride, data } = encodeSeqs(seqs);
  const check = chunkCheck(id, stream, n, t0, t1, first, last, stride);
  sql.insertChunk.get(id, stream, n, t0, t1, first, last, stride, check);
  writeColumn(sql, base + TIME_COLUMN, encodeTimes(times, t0, t1), null);
  if (scratch2.length < n) scratch2 = new Float64Array(n);
  const column = scratch2.subarray(0, n);
  for (let index = 0; index < width; index++) {
    buffer.column(index, n, column);
    writeColumn(sql, base + 1 + index, bytesOf(column), column);
  }
  if (data !== null) writeColumn(sql, base + SEQ_COLUMN, data, null);
  deleteTail(sql, seqs, batchFirst);
  return last;
}
function writeColumn(sql, id, data, values) {
  const { lo, hi, sum, finite } = values === null ? {
    lo: null,
    hi: null,
    sum: null,
    finite: 0
  } : summarize(values);
  const crc = checksum(data);
  const check = columnCheck(id, lo, hi, sum, finite, crc);
  sql.insertColumn.get(id, lo, hi, sum, finite, crc, check, data);
}
function deleteTail(sql, seqs, batchFirst) {
  for (let i = 0; i < seqs.length; ) {
    const from = seqs[i];
    if (from >= batchFirst) return;
    let to = from;
    for (i += 1; i < seqs.length && seqs[i] === to + 1 && to + 1 < batchFirst; i++) to += 1;
    sql.deleteTail.get(from, to);
  }
}

// session/store/outbox_writer.ts
import { crc32 as crc322 } from "node:zlib";
var KEPT = 1e3;
function payloadHeader({ text, html, attachments }) {
  return JSON.stringify({
    text,
    ...html === void 0 ? {} : {
      html
    },
    attachments
  });
}
function payloadCheck(id, header, data) {
  return crc322(data, rowCheck(id, header));
}
function messageCheck(seq, message, settings) {
  const { id, channel, channelKind, kind, level, subject, created, notBefore, expires } = message;
  return rowCheck(seq, id, channel, channelKind, settings, kind, level, subject, created, notBefore, expires, message.coalesceKey, message.bytes);
}
function writeOutbox(sql, seq, record) {
  const { add = [], payload, changes = [] } = record;
  const first = seq;
  for (const message of add) {
    const { id, channel, channelKind, kind, level, subject, coalesceKey, state } = message;
    const settings = JSON.stringify(message.settings) ?? "null";
    sql.insertMessage.get(seq, id, channel, channelKind, settings, kind, level, subject, message.created, message.notBefore, message.expires, coalesceKey, message.bytes, first, messageCheck(seq, message, settings), state, message.standsFor, state === "waiting" ? null : record.t, message.lastError);
    seq += 1;
  }
  if (payload !== void 0 && add.some(({ state }) => state === "waiting")) {
    const header = payloadHeader(payload);
    const { data } = payload;
    sql.insertPayload.get(first, header, payloadCheck(first, header, data), data);
  }
  for (const { id, state, standsFor, attempts, settled, lastError } of changes) {
    sql.changeMessage.get(state ?? null, standsFor ?? null, attempts ?? null, settled ?? null, lastError ?? null, id);
    if (state !== void 0 && state !== "waiting") sql.forgetPayload.get(id);
  }
  forgetOld(sql);
  return seq;
}
function forgetOld(sql) {
  const oldest = sql.oldMessage.get(KEPT)?.seq;
  if (oldest === void 0 || oldest === null) return;
  sql.countOldMessages.get(oldest);
  sql.deleteOldMessages.get(oldest);
}

// session/store/record_writer.ts
function json(value) {
  return JSON.stringify(value) ?? "null";
}
function real(value) {
  return Number.isNaN(value) ? null : value;
}
function writeRun(sql, run, firstSeq, start) {
  sql.loseRuns.get();
  sql.insertRun.get(run, start.name, start.t, firstSeq, json(start.provenance), VERSION);
}
function changeProvenance(db, sql, run, provenance) {
  db.exec("PRAGMA secure_delete = ON");
  try {
    sql.changeProvenance.get(json(provenance), run);
  } finally {
    db.exec("PRAGMA secure_delete = OFF");
  }
}
function writeDataset(sql, seq, name, record) {
  const { t, data } = record;
  const shape = JSON.stringify(data.shape);
  const crc = datasetCheck(seq, record.name, t, data.dtype, shape, data.bytes);
  sql.insertDataset.get(seq, name, t, data.dtype, shape, crc, data.bytes);
}
function writeParameter(sql, seq, t, name, value) {
  const bits = bytesOf(Float64Array.of(value));
  const check = parameterCheck(seq, t, name, bits);
  sql.insertParameter.get(seq, t, name, real(value), bits, check);
}
function writeMetadata(sql, seq, t, name, value) {
  sql.insertMetadata.get(seq, t, name, value, rowCheck(seq, t, name, value));
}
function writeEvent(sql, seq, event) {
  const { t, kind, level, message, data } = event;
  const source = event.source ?? null;
  const text = data === void 0 ? null : json(data);
  const check = rowCheck(seq, t, kind, level, source, message, text);
  sql.insertEvent.get(seq, t, kind, level, source, message, text, check);
}
function writeStatistics(sql, run, figures) {
  sql.clearTasks.get(run);
  figures.forEach((one, place) => {
    const { lateness, duration } = one;
    sql.insertTask.get(run, one.task, place, one.kind, one.period, one.state, one.ticks, one.skipped, one.failures, real(lateness.p50), real(lateness.p99), real(lateness.max), real(duration.p50), real(duration.p99), real(duration.max));
  });
}

// session/store/statements.ts
var SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  insertTail: 'INSERT INTO tail(seq, stream, t, "check", vals) VALUES (?, ?, ?, ?, ?)',
  deleteTail: "DELETE FROM tail WHERE seq BETWEEN ? AND ?",
  insertChunk: 'INSERT INTO chunk(id, stream, n, t0, t1, first_seq, last_seq, seq_stride, "check") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  insertColumn: 'INSERT INTO chunk_data(id, lo, hi, sum, finite, crc, "check", data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  insertStream: 'INSERT INTO stream(id, columns, "check") VALUES (?, ?, ?)',
  insertVariable: "INSERT INTO variable(name) VALUES (?)",
  describeVariable: "UPDATE variable SET unit = ?, label = ?, description = ? WHERE id = ?",
  loseRuns: "UPDATE run SET status = 'lost', reason = 'it never ended' WHERE status = 'running'",
  insertRun: "INSERT INTO run(id, name, started, status, first_seq, provenance, version) VALUES (?, ?, ?, 'running', ?, ?, ?)",
  changeProvenance: "UPDATE run SET provenance = ? WHERE id = ?",
  endRun: "UPDATE run SET ended = ?, status = ?, reason = ? WHERE id = ? AND status = 'running'",
  insertDatasetName: "INSERT INTO dataset_name(name) VALUES (?)",
  insertDataset: "INSERT INTO dataset(seq, name, t, dtype, shape, crc, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
  insertParameter: 'INSERT INTO parameter(seq, t, name, value, bits, "check") VALUES (?, ?, ?, ?, ?, ?)',
  insertMetadata: 'INSERT INTO metadata(seq, t, name, value, "check") VALUES (?, ?, ?, ?, ?)',
  insertEvent: 'INSERT INTO event(seq, t, kind, level, source, message, data, "check") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  clearTasks: "DELETE FROM task WHERE run = ?",
  insertTask: "INSERT OR REPLACE INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  insertMessage: 'INSERT INTO outbox(seq, id, channel, channel_kind, settings, kind, level, subject, created, not_before, expires, coalesce_key, bytes, payload, "check", state, stands_for, attempts, settled, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)',
  insertPayload: "INSERT INTO outbox_payload(id, header, crc, data) VALUES (?, ?, ?, ?)",
  changeMessage: "UPDATE outbox SET state = coalesce(?, state), stands_for = coalesce(?, stands_for), attempts = coalesce(?, attempts), settled = coalesce(?, settled), last_error = coalesce(?, last_error) WHERE id = ?",
  forgetPayload: "DELETE FROM outbox_payload AS p WHERE id = (SELECT payload FROM outbox WHERE id = ?) AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.payload = p.id AND o.state = 'waiting')",
  oldMessage: "SELECT seq FROM outbox WHERE state <> 'waiting' ORDER BY seq DESC LIMIT 1 OFFSET ?",
  countOldMessages: "INSERT INTO outbox_total(state, n) SELECT state, count(*) FROM outbox WHERE state <> 'waiting' AND seq <= ? GROUP BY state ON CONFLICT(state) DO UPDATE SET n = n + excluded.n",
  deleteOldMessages: "DELETE FROM outbox WHERE state <> 'waiting' AND seq <= ?"
};
function statements(db) {
  return Object.fromEntries(Object.entries(SQL).map(([name, text]) => [
    name,
    db.prepare(text)
  ]));
}
function asArrays(statement) {
  statement.setReturnArrays(true);
  return statement;
}
function rows(statement, ...values) {
  return statement.all(...values);
}

// session/store/writer_core.ts
var RECORD_FAULTS = /* @__PURE__ */ new Set([
  SQLITE.TOOBIG,
  SQLITE.CONSTRAINT,
  SQLITE.MISMATCH
]);
var WriterCore = class {
  /** The connection; in-memory sessions are read through it too. */
  database;
  #sql;
  #chunkRows;
  #tailRows;
  #tailBytes;
  #handles = /* @__PURE__ */ new Map();
  #variables = /* @__PURE__ */ new Map();
  #streams = /* @__PURE__ */ new Map();
  #buffers = /* @__PURE__ */ new Map();
  #datasetNames = /* @__PURE__ */ new Map();
  #nextSeq = 1;
  #nextChunk = 1;
  #nextStream = 1;
  #run = 0;
  #rows = 0;
  #bytes = 0;
  #stale = true;
  /** Reads what the tail holds. */
  constructor(database, options = {}) {
    this.database = database;
    this.#sql = statements(database);
    this.#chunkRows = options.chunkRows ?? CHUNK_ROWS;
    this.#tailRows = options.tailRows ?? 32768;
    this.#tailBytes = options.tailBytes ?? 64 * 2 ** 20;
    this.#load();
  }
  /** How far the file has come. */
  get mark() {
    if (this.#stale) this.#load();
    return {
      nextSeq: this.#nextSeq,
      runs: this.#run
    };
  }
  /** Takes over the sets of variables that another core was told of. */
  adopt(other) {
    for (const [handle, { order, names }] of other.#handles) {
      this.#handles.set(handle, {
        order,
        names,
        buffer: void 0
      });
    }
  }
  /**
   * Writes a batch in one transaction. When it returns, the batch is on disk.
   *
   * @throws {Error} SQLite's error, if nothing of the batch was written.
   */
  apply(batch) {
    if (this.#stale) this.#load();
    const sql = this.#sql;
    sql.begin.get();
    try {
      const result = this.#write(batch);
      sql.commit.get();
      return result;
    } catch (error) {
      this.#stale = true;
      if (this.database.isTransaction) {
        try {
          sql.rollback.get();
        } catch {
        }
      }
      throw error;
    }
  }
  #load() {
    const { database: db } = this;
    const all = (text) => rows(asArrays(db.prepare(text)));
    const scalar = (text) => Number(all(text)[0]?.[0] ?? 0);
    const names = /* @__PURE__ */ new Map();
    this.#variables = /* @__PURE__ */ new Map();
    for (const [id, name] of all("SELECT id, name FROM variable")) {
      names.set(id, name);
      this.#variables.set(name, id);
    }
    this.#streams = /* @__PURE__ */ new Map();
    this.#buffers = /* @__PURE__ */ new Map();
    this.#rows = this.#bytes = 0;
    this.#nextStream = 1;
    let seq = Math.max(...[
      "tail",
      "dataset",
      "parameter",
      "metadata",
      "event",
      "outbox"
    ].map((table) => scalar(`SELECT max(seq) FROM ${table}`)), scalar("SELECT max(first_seq) - 1 FROM run"));
    const lastSeq = db.prepare("SELECT max(last_seq) AS seq FROM chunk WHERE stream = ?");
    for (const [id, columns, check] of all('SELECT id, columns, "check" FROM stream')) {
      const ids = JSON.parse(columns);
      if (check !== streamCheck(id, ids, ids.map((variable) => names.get(variable) ?? ""))) {
        throw new Error(`Cannot write to the session as it is damaged: stream ${id} does not match its checksum. Record to a new file and check this one.`);
      }
      const buffer = new TailBuffer(id, ids.length, chunkRows(ids.length, this.#chunkRows));
      this.#streams.set(columns, buffer);
      this.#buffers.set(id, buffer);
      this.#nextStream = Math.max(this.#nextStream, id + 1);
      seq = Math.max(seq, Number(lastSeq.get(id)?.seq ?? 0));
    }
    this.#nextSeq = seq + 1;
    this.#nextChunk = scalar("SELECT max(id) FROM chunk") + 1;
    this.#run = scalar("SELECT max(id) FROM run");
    this.#datasetNames = new Map(all("SELECT name, id FROM dataset_name"));
    for (const [row, stream, t, check, vals] of all('SELECT seq, stream, t, "check", vals FROM tail ORDER BY seq')) {
      const buffer = this.#buffers.get(stream);
      if (buffer === void 0 || vals.byteLength !== buffer.width * 8) continue;
      if (tailCheck(row, stream, t, vals) !== check) continue;
      this.#push(buffer, row, t, float64s(vals), 0);
    }
    for (const handle of this.#handles.values()) handle.buffer = void 0;
    this.#stale = false;
  }
  #push(buffer, seq, t, words, at) {
    buffer.push(seq, t, words, at);
    this.#rows += 1;
    this.#bytes += buffer.width * 8;
  }
  #write(batch) {
    const { words, length, records } = batch;
    const runs = /* @__PURE__ */ new Map();
    const refused = /* @__PURE__ */ new Map();
    const batchFirst = this.#nextSeq;
    const touched = /* @__PURE__ */ new Set();
    const entries = [];
    for (let at = 0; at < length; ) {
      const head = words[at];
      const second = words[at + 1];
      at += 2;
      if (head === RECORD) {
        const record = records[second];
        if (record === void 0) {
          throw new RangeError(`Cannot find record ${second} of the batch.`);
        }
        try {
          const run = this.#record(record);
          if (run !== void 0) runs.set(second, run);
        } catch (error) {
          const code = primaryCode(error);
          if (code !== void 0 && !RECORD_FAULTS.has(code)) throw error;
          refused.set(second, messageOf(error));
        }
        continue;
      }
      const buffer = this.#resolve(head);
      const seq = this.#nextSeq++;
      this.#push(buffer, seq, second, words, at);
      touched.add(buffer);
      entries.push(seq, second, at, buffer.stream);
      at += buffer.width;
    }
    const compacted = this.#compact(touched, batchFirst);
    const insert = this.#sql.insertTail;
    for (let i = 0; i < entries.length; i += 4) {
      const seq = entries[i];
      const t = entries[i + 1];
      const at = entries[i + 2];
      const stream = entries[i + 3];
      if (seq <= (compacted.get(stream) ?? 0)) continue;
      const width = this.#buffers.get(stream)?.width ?? 0;
      const vals = new Uint8Array(words.buffer, words.byteOffset + at * 8, width * 8);
      insert.get(seq, stream, t, tailCheck(seq, stream, t, vals), vals);
    }
    return {
      runs,
      refused
    };
  }
  /** Turns full buffers into chunks. Gives the last sequence number of each stream that is in a chunk. */
  #compact(touched, batchFirst) {
    const compacted = /* @__PURE__ */ new Map();
    for (const buffer of touched) {
      while (buffer.n >= buffer.full) {
        compacted.set(buffer.stream, this.#writeChunk(buffer, buffer.full, batchFirst));
      }
    }
    while (this.#rows > this.#tailRows || this.#bytes > this.#tailBytes) {
      const byRows = this.#rows > this.#tailRows;
      let fullest;
      for (const buffer of this.#buffers.values()) {
        const more = fullest === void 0 || (byRows ? buffer.n > fullest.n : buffer.bytes > fullest.bytes);
        if (more) fullest = buffer;
      }
      if (fullest === void 0 || fullest.n === 0) break;
      compacted.set(fullest.stream, this.#writeChunk(fullest, fullest.n, batchFirst));
    }
    return compacted;
  }
  #writeChunk(buffer, n, batchFirst) {
    const last = writeChunk(this.#sql, this.#nextChunk++, buffer, n, batchFirst);
    buffer.drop(n);
    this.#rows -= n;
    this.#bytes -= n * buffer.width * 8;
    return last;
  }
  #resolve(number) {
    const handle = this.#handles.get(number);
    if (handle === void 0) throw new RangeError(`Cannot find the set of variables ${number}.`);
    if (handle.buffer !== void 0) return handle.buffer;
    for (const name of handle.order) this.#variable(name);
    const ids = handle.names.map((name) => this.#variable(name));
    const columns = JSON.stringify(ids);
    let buffer = this.#streams.get(columns);
    if (buffer === void 0) {
      const id = this.#nextStream++;
      this.#sql.insertStream.get(id, columns, streamCheck(id, ids, handle.names));
      buffer = new TailBuffer(id, ids.length, chunkRows(ids.length, this.#chunkRows));
      this.#streams.set(columns, buffer);
      this.#buffers.set(id, buffer);
    }
    handle.buffer = buffer;
    return buffer;
  }
  #variable(name) {
    let id = this.#variables.get(name);
    if (id === void 0) {
      id = Number(this.#sql.insertVariable.run(name).lastInsertRowid);
      this.#variables.set(name, id);
    }
    return id;
  }
  /** Stores a record that is not an entry. Gives the number of a run that began. */
  #record(record) {
    switch (record.kind) {
      case "stream":
        this.#handles.set(record.handle, {
          order: record.order,
          names: record.names,
          buffer: void 0
        });
        return;
      case "run-start":
        writeRun(this.#sql, this.#run + 1, this.#nextSeq, record.start);
        return ++this.#run;
      case "provenance":
        changeProvenance(this.database, this.#sql, this.#run, record.provenance);
        return;
      case "run-end":
        this.#sql.endRun.get(record.end.t, record.end.status, record.end.reason, this.#run);
        return;
      case "variable": {
        const { unit, label, description } = record.info;
        const id = this.#variable(record.name);
        this.#sql.describeVariable.get(unit ?? null, label ?? null, description ?? null, id);
        return;
      }
      case "statistics":
        writeStatistics(this.#sql, this.#run, record.figures);
        return;
      case "dataset":
        writeDataset(this.#sql, this.#nextSeq, this.#datasetName(record.name), record);
        this.#nextSeq += 1;
        return;
      case "parameters":
        for (const [name, value] of record.values) {
          writeParameter(this.#sql, this.#nextSeq++, record.t, name, value);
        }
        return;
      case "metadata":
        for (const [name, value] of record.values) {
          writeMetadata(this.#sql, this.#nextSeq++, record.t, name, value);
        }
        return;
      case "event":
        writeEvent(this.#sql, this.#nextSeq++, record.event);
        return;
      case "outbox":
        this.#nextSeq = writeOutbox(this.#sql, this.#nextSeq, record.messages);
    }
  }
  #datasetName(name) {
    let id = this.#datasetNames.get(name);
    if (id === void 0) {
      id = Number(this.#sql.insertDatasetName.run(name).lastInsertRowid);
      this.#datasetNames.set(name, id);
    }
    return id;
  }
};

// session/store/durable_writer.ts
var LOOK_EVERY = 250;
var CHECKPOINT_EVERY = 1e4;
var NOTHING = batchOf([]);
var Lost = class extends Error {
};
var monotonic = () => performance.now();
var wall = () => Math.round((performance.timeOrigin + performance.now()) * 1e3);
var DurableWriter = class {
  #options;
  #say;
  #watchdog;
  #looking;
  #core;
  #guard;
  #mark;
  #waiting;
  #retry;
  #hurried = false;
  #failed = false;
  #checkpointAt = 0;
  #walTold = false;
  /** Opens the file. What becomes of batches is told to `say`. */
  constructor(options, say2) {
    this.#options = options;
    this.#say = say2;
    this.#core = new WriterCore(openForWriting(options.path), options.core);
    this.#mark = this.#core.mark;
    this.#guard = new WalGuard(options.path);
    this.#watchdog = new Watchdog(options.heartbeat, options.stallAfter);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY);
  }
  /** Writes a batch now, or as soon as the disk lets it. The answer is a message. */
  write(batch) {
    if (this.#failed) return;
    this.#attempt(batch, void 0);
  }
  /** Tries once more, and does not wait for the disk from now on. */
  hurry() {
    this.#hurried = true;
    if (this.#waiting !== void 0) this.#again();
  }
  /** Empties the log into the file and closes it. */
  close() {
    clearInterval(this.#looking);
    clearTimeout(this.#retry);
    const { database } = this.#core;
    try {
      database.exec("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
    }
    database.close();
  }
  #attempt(batch, waiting) {
    let result;
    try {
      result = this.#commit(batch);
    } catch (error) {
      this.#trouble(batch, waiting, error);
      return;
    }
    this.#waiting = void 0;
    if (waiting !== void 0) {
      const seconds = ((monotonic() - waiting.since) / 1e3).toFixed(1);
      const what = waiting.kind === "full" ? "The disk was full" : "The file was locked";
      this.#report("recovered", `${what} for ${seconds} s; recording goes on.`);
    }
    this.#say({
      kind: "written",
      result,
      words: batch.words
    });
    this.#tend();
  }
  #again() {
    clearTimeout(this.#retry);
    const waiting = this.#waiting;
    if (waiting !== void 0) this.#attempt(waiting.batch, waiting);
  }
  #trouble(batch, waiting, error) {
    const code = primaryCode(error);
    const kind = code === SQLITE.FULL ? "full" : code === SQLITE.BUSY || code === SQLITE.LOCKED ? "busy" : void 0;
    if (kind === void 0) {
      this.#fail(error);
      return;
    }
    const why = kind === "full" ? `the disk of ${this.#options.path} is full` : `another program keeps ${this.#options.path} locked`;
    if (waiting === void 0) {
      const next = kind === "full" ? "Free some space" : "End that program";
      this.#report(kind, `Cannot record as ${why}: records wait in memory. ${next}.`);
    }
    const now = waiting ?? {
      batch,
      kind,
      since: monotonic(),
      tries: 0
    };
    now.tries += 1;
    if (this.#hurried) {
      this.#waiting = void 0;
      this.#say({
        kind: "refused",
        message: `Cannot record as ${why}.`
      });
      return;
    }
    this.#waiting = now;
    this.#retry = setTimeout(() => this.#again(), this.#options.retryEvery);
  }
  #fail(error) {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting = void 0;
    clearTimeout(this.#retry);
    clearInterval(this.#looking);
    const message = error instanceof Lost ? error.message : `Cannot record to ${this.#options.path} as the disk or the file fails (${messageOf(error)}): nothing more is stored. Check the disk, then start with --resume.`;
    this.#say({
      kind: "failed",
      message,
      cause: messageOf(error)
    });
  }
  #report(kind, message) {
    this.#say({
      kind: "trouble",
      trouble: {
        kind,
        message
      }
    });
  }
  /** Commits a batch and makes sure that it is in the file that has the name. */
  #commit(batch) {
    const before = this.#mark;
    let result = this.#core.apply(batch);
    const amiss = this.#guard.look();
    if (amiss !== void 0) {
      const after = this.#core.mark;
      this.#rescue(amiss, before);
      const { nextSeq, runs } = this.#core.mark;
      const there = nextSeq === after.nextSeq && runs === after.runs;
      if (!there) {
        if (nextSeq !== before.nextSeq || runs !== before.runs) throw this.#missing(amiss, after);
        result = this.#core.apply(batch);
      }
      this.#replaced(amiss);
    }
    this.#mark = this.#core.mark;
    return result;
  }
  /** Brings what the old connection holds to the file and opens it anew. */
  #rescue(amiss, before) {
    const { database } = this.#core;
    try {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
    }
    try {
      database.close();
    } catch {
    }
    try {
      Deno.statSync(this.#options.path);
      const core = new WriterCore(openForWriting(this.#options.path), this.#options.core);
      core.adopt(this.#core);
      this.#core = core;
      this.#core.apply(NOTHING);
      this.#guard = new WalGuard(this.#options.path);
    } catch (error) {
      throw new Lost(`Cannot record to ${this.#options.path} as ${amiss} and it could not be opened again (${messageOf(error)}). What was recorded is in the moved file, if it was moved.`);
    }
    if (this.#core.mark.nextSeq < before.nextSeq || this.#core.mark.runs < before.runs) {
      throw this.#missing(amiss, before);
    }
  }
  #missing(amiss, expected) {
    const { nextSeq } = this.#core.mark;
    return new Lost(`Cannot record to ${this.#options.path} as ${amiss}, and records ${nextSeq} to ${expected.nextSeq - 1} are missing in what is there now. Look for the moved file.`);
  }
  #replaced(amiss) {
    const message = `While recording, ${amiss}. It was opened again; nothing is missing.`;
    this.#report("replaced", message);
    this.#core.apply(batchOf([
      {
        kind: "event",
        event: {
          t: wall(),
          kind: "replaced",
          level: "warning",
          source: "store",
          message
        }
      }
    ]));
  }
  /** An event of the writer's own. What goes wrong with it is dealt with at the next batch. */
  #note(event) {
    if (this.#waiting !== void 0 || this.#failed) return;
    try {
      this.#commit(batchOf([
        {
          kind: "event",
          event: {
            ...event,
            t: wall(),
            source: "store"
          }
        }
      ]));
    } catch (error) {
      if (error instanceof Lost) this.#fail(error);
    }
  }
  /** Empties a log that has grown, which SQLite cannot do by itself while somebody reads for long. */
  #tend() {
    const { walBytes } = this.#options;
    if (this.#guard.walSize <= walBytes) return;
    const now = monotonic();
    if (this.#checkpointAt !== 0 && now - this.#checkpointAt < CHECKPOINT_EVERY) return;
    this.#checkpointAt = now;
    const { database } = this.#core;
    let emptied = false;
    try {
      database.exec("PRAGMA busy_timeout = 0");
      emptied = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy === 0;
    } catch {
    } finally {
      database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    }
    if (emptied) this.#walTold = false;
    else if (!this.#walTold) {
      this.#walTold = true;
      this.#note({
        kind: "wal",
        level: "warning",
        message: `The write-ahead log has grown to ${Math.round(this.#guard.walSize / 2 ** 20)} MiB, as another program reads the file for long.`,
        data: {
          bytes: this.#guard.walSize
        }
      });
    }
  }
  #look() {
    const stall = this.#watchdog.look(monotonic(), LOOK_EVERY);
    if (stall !== void 0) {
      const seconds = (stall.lasted / 1e3).toFixed(1);
      const message = stall.over ? `The main thread ran again after ${seconds} s in which nothing was measured.` : `The main thread has not run for ${seconds} s: a task blocks it.`;
      if (!stall.over) this.#report("stalled", message);
      this.#note({
        kind: "stall",
        level: "warning",
        message,
        data: {
          milliseconds: Math.round(stall.lasted),
          over: stall.over
        }
      });
    }
    if (this.#waiting !== void 0 || this.#failed) return;
    if (this.#guard.look() !== void 0) {
      try {
        this.#commit(NOTHING);
      } catch (error) {
        this.#fail(error);
      }
    }
  }
};

// session/store/writer_worker.ts
var scope = globalThis;
var writer;
function say(message) {
  scope.postMessage(message, message.kind === "written" ? [
    message.words.buffer
  ] : []);
}
async function backUp(from, to) {
  const db = new DatabaseSync2(from, {
    readOnly: true,
    timeout: 5e3
  });
  try {
    db.prepare("BEGIN").run();
    db.prepare("SELECT count(*) FROM meta").get();
    await backup(db, to);
    say({
      kind: "closed"
    });
  } catch (error) {
    say({
      kind: "failed",
      message: messageOf(error)
    });
  } finally {
    db.close();
  }
}
scope.onmessage = ({ data }) => {
  try {
    switch (data.kind) {
      case "open":
        writer = new DurableWriter(data.options, say);
        say({
          kind: "opened"
        });
        break;
      case "batch":
        writer?.write(data.batch);
        break;
      case "hurry":
        writer?.hurry();
        break;
      case "close":
        writer?.close();
        say({
          kind: "closed"
        });
        break;
      case "backup":
        void backUp(data.from, data.to).catch((error) => {
          say({
            kind: "failed",
            message: messageOf(error)
          });
        });
    }
  } catch (error) {
    say({
      kind: "failed",
      message: messageOf(error)
    });
  }
};
