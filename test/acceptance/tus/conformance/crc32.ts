/** CRC-32 as in zip files (polynomial 0xEDB88320), big-endian, by the definition: slow and short. */
export function crc32(body: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const value = Buffer.alloc(4);
  value.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return value;
}
