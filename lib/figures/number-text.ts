/** What stands for a number that does not exist: not measured, not finite, or not drawable. */
export const notAvailable = 'n/a';

/** A number with a fixed count of decimal digits, or "n/a" where it is missing or not finite. */
export function numberText(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return notAvailable;
  const text = value.toFixed(digits);
  // -0.004 with two digits: a sign before zero is noise
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}

/** A number with three significant digits, without an exponent where it has an everyday size. */
export function shortNumberText(value: number): string {
  if (!Number.isFinite(value)) return notAvailable;
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

/** "shape error (mm)"; without a unit only "shape error". */
export function labelWithUnit(label: string, unit: string | undefined): string {
  return unit ? `${label} (${unit})` : label;
}

/** How many values a list has, how many of them are finite, and the mean and the extent of those, NaN where there are none. */
export function summary(values: Iterable<number>): {
  count: number;
  finite: number;
  mean: number;
  low: number;
  high: number;
} {
  let [count, finite, sum, low, high] = [0, 0, 0, Infinity, -Infinity];
  for (const value of values) {
    count++;
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (finite === 0) return { count, finite, mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  return { count, finite, mean: sum / finite, low, high };
}
