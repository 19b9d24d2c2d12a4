// Compresses built files at build time: writes `NAME.br` and `NAME.gz` next to each.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Not fonts and images, which are already compressed. */
const COMPRESSIBLE = /\.(css|js|json|map|svg|txt|wasm)$/;
/** The minimum saving of a variant, as a fraction of the file size. */
const MIN_SAVING = 0.05;

const codings = {
  ".br": (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  ".gz": (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/** Writes the compressed variants of the files below `directory` and removes those of an older build. */
export async function precompress(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  await Promise.all(files.filter((file) => /\.(br|gz)$/.test(file)).map((file) => rm(file)));
  for (const file of files.filter((name) => COMPRESSIBLE.test(name))) {
    const bytes = await readFile(file);
    await Promise.all(
      Object.entries(codings).map(async ([suffix, compress]) => {
        const compressed = await compress(bytes);
        if (compressed.length > bytes.length * (1 - MIN_SAVING)) return;
        await writeFile(file + suffix, compressed);
      }),
    );
  }
}
