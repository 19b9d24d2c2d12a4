const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

/** Bytes as people read them: "1.5 MB" (powers of ten, as file managers show them). */
export function formatBytes(bytes: number): string {
  const exponent = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** exponent;
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[exponent] ?? "byte",
    unitDisplay: exponent === 0 ? "long" : "short",
    maximumFractionDigits: value < 100 && exponent > 0 ? 1 : 0,
  }).format(value);
}

/** Bytes a second: "12.3 MB/s". */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

/** Seconds, rounded so that they do not flicker: "about 20 s left", "about 3 min left". */
export function formatTimeLeft(seconds: number): string {
  return `about ${roundDuration(seconds)} left`;
}

function roundDuration(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 55) return `${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 3_600) return `${Math.max(1, Math.round(seconds / 60))} min`;
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.round((seconds % 3_600) / 600) * 10;
  if (hours < 24)
    return minutes === 0 || minutes === 60
      ? `${hours + minutes / 60} h`
      : `${hours} h ${minutes} min`;
  const days = Math.round(seconds / 86_400);
  return days === 1 ? "a day" : `${days} days`;
}

/** How much of `whole` is there, 0 to 100. Nothing of nothing is all of it. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, (part / whole) * 100);
}

/** "24 Nov 2026, 14:05", in the reader's time zone. */
export function formatDate(date: Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(date);
}
