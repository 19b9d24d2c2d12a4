const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

/** The locale when the browser requests no supported one. */
export const DEFAULT_LOCALE = "en";

/** Number and date formats of a locale. */
export interface Formats {
  /** A BCP 47 tag. */
  readonly locale: string;
  /** A whole number: "1,234". */
  readonly count: (value: number) => string;
  /** A number per second: "0.4", "12". */
  readonly rate: (perSecond: number) => string;
  /** Bytes in powers of ten, as in file managers: "1.5 MB". */
  readonly bytes: (bytes: number) => string;
  /** Bytes per second: "12.3 MB/s". */
  readonly speed: (bytesPerSecond: number) => string;
  /** 0 to 100, rounded down: "45%". */
  readonly percent: (percent: number) => string;
  /** Date and time in the reader's time zone: "24 Nov 2026, 14:05". */
  readonly date: (date: Date) => string;
}

const known = new Map<string, Formats>();

/** `tag` if it is a supported locale, otherwise the default. Some browsers report invalid tags ("en-US@posix"). */
export function supportedLocale(tag: string): string {
  try {
    const [locale] = Intl.NumberFormat.supportedLocalesOf(tag);
    return locale ?? DEFAULT_LOCALE;
  } catch {
    return DEFAULT_LOCALE;
  }
}

/** The first language of an `Accept-Language` header (RFC 9110 section 12.5.4), if it is supported. */
export function requestedLocale(acceptLanguage: string | null): string {
  const [first = ""] = (acceptLanguage ?? "").split(",");
  const [tag = ""] = first.split(";");
  return supportedLocale(tag.trim());
}

/** The formats of `locale`. Cached, since creating a formatter is expensive. */
export function formatsOf(locale: string): Formats {
  const before = known.get(locale);
  if (before !== undefined) return before;
  const formats = createFormats(locale);
  known.set(locale, formats);
  return formats;
}

function createFormats(locale: string): Formats {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const sizes = units.map((unit, exponent) => ({
    coarse: sizeFormat(locale, unit, { exponent, digits: 0 }),
    fine: sizeFormat(locale, unit, { exponent, digits: 1 }),
  }));
  const bytes = (size: number) => {
    const exponent = exponentOf(size);
    const value = size / 1000 ** exponent;
    const { coarse, fine } = sizes[exponent] ?? { coarse: whole, fine: whole };
    return (value < 100 && exponent > 0 ? fine : coarse).format(value);
  };
  return {
    locale,
    bytes,
    rate: (perSecond) => (perSecond < 10 ? tenths : whole).format(perSecond),
    count: (value) => whole.format(value),
    speed: (bytesPerSecond) => `${bytes(Math.round(bytesPerSecond))}/s`,
    percent: (percent) => share.format(Math.floor(percent) / 100),
    date: (value) => date.format(value),
  };
}

function sizeFormat(
  locale: string,
  unit: (typeof units)[number],
  { exponent, digits }: { exponent: number; digits: number },
): Intl.NumberFormat {
  const unitDisplay = exponent === 0 ? "long" : "short";
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay,
    maximumFractionDigits: digits,
  });
}

/** The exponent of the largest unit (a power of 1000) that is not larger than `bytes`. */
function exponentOf(bytes: number): number {
  return bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
}

/** The remaining time, rounded so that it changes rarely: "about 20 s left", "about 3 min left". */
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

/** `part` of `whole` in percent, 0 to 100. For a `whole` of 0 it is 100. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, (part / whole) * 100);
}
