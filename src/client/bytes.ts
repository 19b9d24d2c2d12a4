/** As much of a `Blob` as is needed here: a length, parts of it, and their bytes when they are wanted. */
export interface Bytes {
  readonly size: number;
  slice(start: number, end: number): Bytes;
  arrayBuffer(): Promise<ArrayBuffer>;
}
