import type { IntlShape } from 'react-intl';
import {
  CounterError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorShape,
  toErrorShape,
} from '../../contract/errors.ts';
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

export function faultTexts(intl: IntlShape, fault: ErrorShape): FaultTexts {
  const text = (part: string) =>
    textIfAny(intl, `error.${fault.code}.${part}`, fault.details) ??
    textIfAny(intl, `error.INTERNAL.${part}`, fault.details) ??
    fault.code;
  const values = Object.entries(fault.details).map(([name, value]) => `${name}: ${value}`);
  return {
    code: fault.code,
    heading: text('heading'),
    happened: text('happened'),
    next: text('next'),
    reference: [fault.code, ...values].join(' · '),
  };
}
