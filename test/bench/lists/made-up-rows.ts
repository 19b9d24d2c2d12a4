/** One row of the table of uploads as the seed writes it; times are ISO texts, sizes bytes. */
export type MadeUpRow = Readonly<Record<string, string | number | null>>;

const DAY_MS = 86_400_000;
const WORDS =
  "annual budget camera draft export final garden holiday invoice june kitchen letter meeting notes office photo quarter report scan travel urgent video winter xray yearly zebra 報告 写真 資料 straße";
const words = WORDS.split(" ");
const kinds = ["jpg", "mp4", "pdf", "zip", "png", "csv", "tar.gz", "docx"] as const;

/** Numbers from 0 to 1, the same in each run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The ids of the owners: the first has 30 % of all uploads, the last exactly ten. */
export const owners = Array.from({ length: 200 }, (_, n) => uuidOf(n, () => 0.5));

function uuidOf(n: number, random: () => number): string {
  const hex = (bits: number) =>
    Math.floor(random() * 2 ** bits)
      .toString(16)
      .padStart(bits / 4, "0");
  return `${hex(32)}-${hex(16)}-4${hex(12)}-8${hex(12)}-${n.toString(16).padStart(12, "0")}`;
}

/**
 * The `n`th of `rows` uploads that were begun one after the other over two years before `now`: 90 %
 * complete, 3 % unfinished (most of them recent), 1.5 % expired, 4 % swept, some partials and deletions.
 */
export function madeUpRow(
  n: number,
  ask: { rows: number; now: Date; random: () => number },
): MadeUpRow {
  const { rows, now, random } = ask;
  const createdAt = now.getTime() - Math.floor(((rows - n) / rows) * 730 * DAY_MS);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const filename = `${pick(words)}_${pick(words)}_${Math.floor(random() * 100_000)}.${pick(kinds)}`;
  const path = random() < 0.2 ? `${pick(words)}/${pick(words)}/${filename}` : null;
  const fate = fateOf(random(), n >= rows * 0.97);
  const size = Math.floor(2 ** (random() * 33));
  const held = fate.state === "complete" ? size : Math.floor(size * random());
  const deferred = fate.state === "uploading" && random() < 0.1;
  return {
    id: uuidOf(n, random),
    ownerId: ownerOf(n, random()),
    profile: profileOf(n, random()),
    filename,
    filenameFolded: filename.replaceAll("ß", "ss").replaceAll("_", "\u0003"),
    path,
    searchText: (path ?? filename).replaceAll("ß", "ss").replaceAll("_", "\u0003"),
    size: deferred ? null : size,
    offset: held,
    state: fate.state,
    finished: fate.state === "complete" ? 1 : 0,
    completion: fate.state === "complete" ? completionOf(random()) : null,
    concat: fate.partial ? "partial" : null,
    createdAt: timeText(createdAt),
    expiresAt: timeText(fate.expired ? createdAt + DAY_MS / 8 : now.getTime() + DAY_MS),
    completedAt:
      fate.state === "complete" ? timeText(createdAt + Math.floor(random() * 36e5)) : null,
  };
}

function fateOf(chance: number, recent: boolean) {
  const fate = { state: "complete", expired: false, partial: false };
  if (recent) return chance < 0.7 ? { ...fate, state: "uploading" } : fate;
  if (chance < 0.01) return { ...fate, state: "uploading" };
  if (chance < 0.025) return { ...fate, state: "uploading", expired: true };
  if (chance < 0.065) return { ...fate, state: "swept", expired: true };
  if (chance < 0.07) return { ...fate, state: "merged", partial: true };
  if (chance < 0.071) return { ...fate, state: "deleting" };
  return fate;
}

function ownerOf(n: number, chance: number): string | null {
  if (n % 100_000 < 10 && n < 100_000) return owners[199] ?? null;
  if (chance < 0.3) return owners[0] ?? null;
  if (chance < 0.32) return null;
  return owners[1 + Math.floor(((chance - 0.32) / 0.68) * 198)] ?? null;
}

function profileOf(n: number, chance: number): string {
  if (n % 20_000 === 17) return "rare";
  return chance < 0.25 ? "avatar" : "default";
}

function completionOf(chance: number): string {
  if (chance < 0.001) return "pending";
  return chance < 0.003 ? "failed" : "done";
}

/** As Prisma stores times in SQLite. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+00:00");
}
