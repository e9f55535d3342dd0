import type { IntlShape } from 'react-intl';
import {
  CounterError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorShape,
  toErrorShape,
} from '../../contract/errors.ts';
import { type FaultPart, faultTextKeys } from '../../contract/fault-texts.ts';
import { textIfAny } from './texts.tsx';

export interface FaultTexts {
  readonly code: ErrorCode;
  readonly heading: string;
  readonly happened: string;
  readonly next: string;
  /** Code and values on one line, for a call to support; never a stack. */
  readonly reference: string;
}

/** The shape of whatever was thrown; anything unforeseen is INTERNAL and goes to the console, never to the screen. */
export function shapeOf(error: unknown): ErrorShape {
  if (!(error instanceof CounterError)) console.error(error);
  return toErrorShape(error);
}

export function isErrorCode(value: string): value is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(value);
}

/** Longer values stand in the sentences; support needs the short ones. */
const LONGEST_VALUE = 60;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Instants as days at the counter's zone, everything else as it came. */
function shownDetails(intl: IntlShape, details: ErrorShape['details']): ErrorShape['details'] {
  const day = (value: string | number | boolean) =>
    typeof value === 'string' && INSTANT.test(value)
      ? intl.formatDate(value, { day: '2-digit', month: '2-digit', year: 'numeric' })
      : value;
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, day(value)]));
}

export function faultTexts(intl: IntlShape, fault: ErrorShape): FaultTexts {
  const shown = shownDetails(intl, fault.details);
  const text = (part: FaultPart) => {
    for (const key of faultTextKeys(fault, part)) {
      const found = textIfAny(intl, key, shown);
      if (found !== null) return found;
    }
    return fault.code;
  };
  const values = Object.entries(fault.details)
    .map(([name, value]) => `${name}: ${value}`)
    .filter((value) => value.length <= LONGEST_VALUE);
  return {
    code: fault.code,
    heading: text('heading'),
    happened: text('happened'),
    next: text('next'),
    reference: [fault.code, ...values].join(' · '),
  };
}
