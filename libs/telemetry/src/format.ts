// Numbers for people: short, of steady width, the same in every locale.

/** Milliseconds in at most two units, cut, not rounded: '850 ms', '12 s', '3 m 05 s', '1 h 12 m', '2 d 03 h'. 'n/a' for what is no time. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return 'n/a';
  if (ms < 1000) return `${Math.floor(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (minutes === 0) return `${seconds} s`;
  if (hours === 0) return `${minutes} m ${twoDigits(seconds % 60)} s`;
  if (days === 0) return `${hours} h ${twoDigits(minutes % 60)} m`;
  return `${days} d ${twoDigits(hours % 24)} h`;
}

/** A count, whole below a million and with three digits above: '9', '12,345', '1.23 M', '45.6 G'. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return 'n/a';
  if (Math.abs(count) < 999_999.5) return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
  return threeDigits(count, 1000, ['', 'k', 'M', 'G', 'T']);
}

/** So many a second: one decimal below 100 ('0.4', '12.3'), then as a count. */
export function formatRate(perSecond: number): string {
  return Number.isFinite(perSecond) && Math.abs(perSecond) < 99.95 ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** Bytes with three digits in powers of 1000: '512 B', '1.50 MB', '45.6 GB'. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'n/a';
  return Math.abs(bytes) < 999.5 ? `${Math.round(bytes)} B` : threeDigits(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB']);
}

function threeDigits(value: number, base: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) { scaled /= base; unit += 1; }
  const size = Math.abs(scaled);
  return `${scaled.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)} ${units[unit]}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
