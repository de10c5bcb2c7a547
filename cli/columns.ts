/**
 * Cells in columns.
 *
 * @module
 */

/** Rows of cells as lines whose cells stand below each other; columns in which nothing stands are left out. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row.map((cell, column) => widths[column] === 0 ? "" : `${cell.padEnd(widths[column] ?? 0)}  `)
      .join("").trimEnd()
  );
}
