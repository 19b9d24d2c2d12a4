/** The part of `Blob` that the engine uses: a size, slices, and their bytes on request. */
export interface Bytes {
  readonly size: number;
  slice(start: number, end: number): Bytes;
  arrayBuffer(): Promise<ArrayBuffer>;
}
