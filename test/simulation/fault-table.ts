/** Counts which fault struck at which await. */
export class FaultTable {
  readonly #counts = new Map<string, Map<string, number>>();

  count(fault: string, label: string): void {
    const row = this.#counts.get(label) ?? new Map<string, number>();
    row.set(fault, (row.get(fault) ?? 0) + 1);
    this.#counts.set(label, row);
  }

  /** One line an await, one column a fault; faults that cannot strike at an await are shown as "-". */
  format(): string {
    const faults = [
      ...new Set([...this.#counts.values()].flatMap((row) => [...row.keys()])),
    ].sort();
    const labels = [...this.#counts.keys()].sort();
    const width = Math.max(...labels.map(({ length }) => length), 5);
    const widths = faults.map(({ length }) => Math.max(length, 6));
    const line = (first: string, cells: readonly string[]) =>
      [first.padEnd(width), ...cells.map((cell, at) => cell.padStart(widths[at] ?? 6))].join("  ");
    const rows = labels.map((label) => {
      const row = this.#counts.get(label);
      return line(
        label,
        faults.map((fault) => cellOf(label, fault, row?.get(fault) ?? 0)),
      );
    });
    return [line("await", faults), ...rows].join("\n");
  }

  add(other: FaultTable): void {
    for (const [label, row] of other.#counts) {
      for (const [fault, times] of row)
        for (let at = 0; at < times; at += 1) this.count(fault, label);
    }
  }
}

/** Which faults belong to which kind of await; crashes and pauses strike at every one. */
const kinds: readonly (readonly [fault: RegExp, label: RegExp])[] = [
  [/^database|isolated/, /^(uploads|claims|leases|outbox|users|sessions|mutex)\./],
  [/^store|stall|power cut|bytes lost/, /^(bucket|disk) /],
  [/^(request|response|abandoned|body)/, /^client /],
  [/^askLost/, /^peers/],
];

function cellOf(label: string, fault: string, count: number): string {
  if (count > 0) return String(count);
  const kind = kinds.find(([faults]) => faults.test(fault));
  const applies = kind === undefined ? !label.startsWith("client ") : kind[1].test(label);
  return applies ? "0" : "-";
}
