/**
 * Reads what is not an entry: datasets, parameters, metadata, runs, events, figures of tasks.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { datasetCheck, float64s, parameterCheck, rowCheck } from "./codec.ts";
import type {
  Damage,
  DatasetChoice,
  EventsOptions,
  Sample,
  StoredDataset,
  TextSample,
} from "./reader_types.ts";
import { asArrays, rows } from "./statements.ts";
import type {
  Dtype,
  Json,
  Level,
  RunInfo,
  RunStatus,
  StoredEvent,
  TaskStatistics,
} from "./types.ts";

const DATASET = "SELECT d.seq, n.name, d.t, d.dtype, d.shape, d.crc, d.data FROM dataset d " +
  "JOIN dataset_name n ON n.id = d.name";

type DatasetRow = [number, string, number, string, string, number, Uint8Array];
type ParameterRow = [number, number, string, number | null, Uint8Array, number];
type TextRow = [number, number, string, string, number];

const PARAMETER = 'seq, t, name, value, bits, "check"';
const TEXT = 'seq, t, name, value, "check"';

// From name to name along the index: a name that was set a million times costs as much as any.
const LATEST = (table: string, columns: string): string =>
  `WITH RECURSIVE each(n) AS (SELECT min(name) FROM ${table} UNION ALL ` +
  `SELECT (SELECT min(name) FROM ${table} WHERE name > n) FROM each WHERE n IS NOT NULL) ` +
  `SELECT ${columns} FROM ${table} WHERE seq IN ` +
  `(SELECT (SELECT max(seq) FROM ${table} WHERE name = n) FROM each) ORDER BY seq`;

/** The part of a reader that is not about entries. */
export class RecordSource {
  readonly #db: DatabaseSync;
  readonly #report: (damage: Damage) => void;
  readonly #prepared = new Map<string, StatementSync>();

  /** Damage is told to `report`. */
  constructor(db: DatabaseSync, report: (damage: Damage) => void) {
    this.#db = db;
    this.#report = report;
  }

  #rows<Row extends readonly unknown[]>(text: string, ...values: (number | string)[]): Row[] {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = asArrays(this.#db.prepare(text));
      this.#prepared.set(text, statement);
    }
    return rows<Row>(statement, ...values);
  }

  /** Names of datasets in the order in which they were first stored. */
  datasetNames(): string[] {
    return this.#rows<[string]>(
      "SELECT name FROM dataset_name n WHERE EXISTS " +
        "(SELECT 1 FROM dataset d WHERE d.name = n.id) ORDER BY id",
    ).map(([name]) => name);
  }

  /** Places and times of the datasets of a name, in their order. */
  datasetPlaces(name: string): [seq: number, t: number][] {
    return this.#rows<[number, number]>(
      "SELECT seq, t FROM dataset WHERE name = (SELECT id FROM dataset_name WHERE name = ?) " +
        "ORDER BY seq",
      name,
    );
  }

  /** One dataset of a name. */
  dataset(name: string, choice: DatasetChoice): StoredDataset | undefined {
    const of = `WHERE name = (SELECT id FROM dataset_name WHERE name = ?)`;
    let found: [number][];
    if ("at" in choice) {
      found = this.#rows<[number]>(
        `SELECT seq FROM dataset ${of} AND t <= ? ORDER BY t DESC, seq DESC LIMIT 1`,
        name,
        choice.at,
      );
    } else {
      const { n } = choice;
      if (!Number.isInteger(n)) {
        throw new RangeError(`Cannot choose a dataset as its number must be an integer: ${n}.`);
      }
      found = this.#rows<[number]>(
        `SELECT seq FROM dataset ${of} ORDER BY seq ${n < 0 ? "DESC" : ""} LIMIT 1 OFFSET ?`,
        name,
        n < 0 ? -1 - n : n,
      );
    }
    return found[0] === undefined ? undefined : this.datasetAt(found[0][0]);
  }

  /** The dataset at a place in the order; undefined if there is none or it is damaged. */
  datasetAt(place: number): StoredDataset | undefined {
    const row = this.#rows<DatasetRow>(`${DATASET} WHERE d.seq = ?`, place)[0];
    if (row === undefined) return undefined;
    const [seq, name, t, dtype, shape, crc, data] = row;
    if (datasetCheck(seq, name, t, dtype, shape, data) !== crc) {
      this.#report({
        message: `A dataset of ${JSON.stringify(name)} does not match its checksum.`,
        table: "dataset",
        row: seq,
        variables: [name],
        range: [t, t],
      });
      return undefined;
    }
    const bytes = data.buffer instanceof ArrayBuffer && data.byteOffset % 8 === 0
      ? data as Uint8Array<ArrayBuffer>
      : data.slice();
    return { name, t, seq, dtype: dtype as Dtype, shape: JSON.parse(shape) as number[], bytes };
  }

  /** Places of all datasets. */
  allDatasets(): number[] {
    return this.#rows<[number]>("SELECT seq FROM dataset ORDER BY seq").map(([seq]) => seq);
  }

  #parameters(text: string, ...values: string[]): [string, Sample][] {
    const found: [string, Sample][] = [];
    for (const [seq, t, name, value, bits, check] of this.#rows<ParameterRow>(text, ...values)) {
      const exact = bits.byteLength === 8 ? float64s(bits)[0] as number : undefined;
      const same = exact !== undefined && parameterCheck(seq, t, name, bits) === check &&
        (value === null ? Number.isNaN(exact) : exact === value);
      if (same) found.push([name, { t, value: exact, seq }]);
      else this.#damaged(`A value of the parameter ${JSON.stringify(name)}`, "parameter", seq, t);
    }
    return found;
  }

  #damaged(what: string, table: string, row: number, t: number): void {
    this.#report({
      message: `${what} does not match its checksum.`,
      table,
      row,
      range: [t, t],
    });
  }

  /** The latest value of every parameter. */
  parameters(): Map<string, Sample> {
    return new Map(this.#parameters(LATEST("parameter", PARAMETER)));
  }

  /** All values of a parameter. */
  parameterHistory(name: string): Sample[] {
    return this.#parameters(
      `SELECT ${PARAMETER} FROM parameter WHERE name = ? ORDER BY seq`,
      name,
    ).map(([, sample]) => sample);
  }

  /** All values of all parameters, which names those that are damaged. */
  checkParameters(): void {
    this.#parameters(`SELECT ${PARAMETER} FROM parameter ORDER BY seq`);
  }

  #texts(text: string, ...values: string[]): [string, TextSample][] {
    const found: [string, TextSample][] = [];
    for (const [seq, t, name, value, check] of this.#rows<TextRow>(text, ...values)) {
      if (rowCheck(seq, t, name, value) === check) found.push([name, { t, value, seq }]);
      else this.#damaged(`The metadata entry ${JSON.stringify(name)}`, "metadata", seq, t);
    }
    return found;
  }

  /** The latest value of every metadata entry. */
  metadata(): Map<string, TextSample> {
    return new Map(this.#texts(LATEST("metadata", TEXT)));
  }

  /** All values of a metadata entry. */
  metadataHistory(name: string): TextSample[] {
    const text = `SELECT ${TEXT} FROM metadata WHERE name = ? ORDER BY seq`;
    return this.#texts(text, name).map(([, sample]) => sample);
  }

  /** All values of all metadata entries, which names those that are damaged. */
  checkMetadata(): void {
    this.#texts(`SELECT ${TEXT} FROM metadata ORDER BY seq`);
  }

  /** All runs. */
  runs(): RunInfo[] {
    type Row = [number, string, number, number | null, string, string | null, string];
    return this.#rows<Row>(
      "SELECT id, name, started, ended, status, reason, provenance FROM run ORDER BY id",
    ).map(([id, name, started, ended, status, reason, provenance]) => ({
      id,
      name,
      started,
      ended,
      status: status as RunStatus,
      reason,
      provenance: JSON.parse(provenance) as Json,
    }));
  }

  /** Where each run begins in the order. */
  runStarts(): [run: number, firstSeq: number][] {
    return this.#rows<[number, number]>("SELECT id, first_seq FROM run ORDER BY id");
  }

  /** Events in their order. */
  events({ since = 0, before, kinds, limit }: EventsOptions): StoredEvent[] {
    type Row = [number, number, string, string, string | null, string, string | null, number];
    const marks = kinds?.map(() => "?").join(", ");
    const text = 'SELECT seq, t, kind, level, source, message, data, "check" FROM event ' +
      "WHERE seq > ? AND seq < ?" + (marks === undefined ? "" : ` AND kind IN (${marks})`) +
      " ORDER BY seq DESC LIMIT ?";
    const starts = this.runStarts();
    const found: StoredEvent[] = [];
    const upTo = before ?? Number.MAX_SAFE_INTEGER;
    for (const row of this.#rows<Row>(text, since, upTo, ...kinds ?? [], limit ?? -1)) {
      const [seq, t, kind, level, source, message, data, check] = row;
      if (rowCheck(seq, t, kind, level, source, message, data) !== check) {
        this.#damaged(`Event ${seq}`, "event", seq, t);
        continue;
      }
      found.push({
        seq,
        t,
        run: runOf(starts, seq),
        kind,
        level: level as Level,
        message,
        ...(source === null ? {} : { source }),
        ...(data === null ? {} : { data: JSON.parse(data) as Json }),
      });
    }
    return found.reverse();
  }

  /** The tasks' figures of a run. */
  statistics(run: number): TaskStatistics[] {
    type Figure = number | null;
    type Row = [
      string,
      string,
      number | null,
      string,
      number,
      number,
      number,
      Figure,
      Figure,
      Figure,
      Figure,
      Figure,
      Figure,
    ];
    const of = ([p50, p99, max]: Figure[]): TaskStatistics["lateness"] => ({
      p50: p50 ?? NaN,
      p99: p99 ?? NaN,
      max: max ?? NaN,
    });
    return this.#rows<Row>(
      "SELECT name, kind, period, state, ticks, skipped, failures, lateness_p50, lateness_p99, " +
        "lateness_max, duration_p50, duration_p99, duration_max FROM task WHERE run = ? ORDER BY place",
      run,
    ).map(([task, kind, period, state, ticks, skipped, failures, ...figures]) => ({
      task,
      kind,
      period,
      state,
      ticks,
      skipped,
      failures,
      lateness: of(figures.slice(0, 3)),
      duration: of(figures.slice(3)),
    }));
  }
}

/** The run with the greatest first place at or before `seq`; 0 before the first run. */
export function runOf(starts: readonly (readonly [number, number])[], seq: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle]?.[1] ?? Infinity) <= seq) low = middle + 1;
    else high = middle;
  }
  return starts[low - 1]?.[0] ?? 0;
}
