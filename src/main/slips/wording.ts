import { CounterError } from '../../contract/errors.ts';
import type { Duration } from '../../contract/procedures.ts';
import { minuteOf, pad, partsOf } from '../calendar/local-time.ts';
import { labelsOf, type SlipForm } from './form.ts';

type Values = Readonly<Record<string, string | number>>;

/** Puts values into a label's `{placeholders}`. */
export function fill(label: string, values: Values): string {
  return label.replace(/\{(\w+)\}/g, (whole, key: string) =>
    String(Object.hasOwn(values, key) ? values[key] : whole),
  );
}

/**
 * NĐ 30/2020/NĐ-CP Phụ lục I: days below 10 and the months 1 and 2 are written with a leading zero, other months
 * without. Hours and minutes always have two digits.
 */
export function dateValues(instant: string): Values {
  const { year, month, day, hour, minute } = partsOf(minuteOf(instant));
  return {
    hour: pad(hour),
    minute: pad(minute),
    day: pad(day),
    month: month <= 2 ? pad(month) : month,
    year,
  };
}

export function writeInstant(form: SlipForm, instant: string): string {
  return fill(labelsOf(form, ['instant']).instant, dateValues(instant));
}

/** Numbers below 10 get a leading zero, as in official papers. */
export function writeDuration(form: SlipForm, duration: Duration | null): string {
  if (!duration) return labelsOf(form, ['unknownDue']).unknownDue;
  const unit = duration.value === 0 ? 'same-day' : duration.unit;
  const words = form.durations?.[unit];
  if (words === undefined) {
    throw new CounterError('CONFIG_INVALID', {
      file: 'slip-form',
      problem: `${form.kind}: durations: missing`,
    });
  }
  return fill(words, { value: pad(duration.value) });
}
