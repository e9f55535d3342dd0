import type { z } from 'zod';
import type { Role } from './roles.ts';

export interface Operation<I extends z.ZodType, O extends z.ZodType> {
  readonly kind: 'command' | 'query';
  readonly roles: readonly Role[];
  readonly input: I;
  readonly output: O;
}

export const CLERKS = ['clerk', 'supervisor'] as const;
export const SUPERVISORS = ['supervisor'] as const;
export const ADMINS = ['admin'] as const;
export const EVERYONE = ['clerk', 'supervisor', 'admin'] as const;

export function query<I extends z.ZodType, O extends z.ZodType>(
  roles: readonly Role[],
  input: I,
  output: O,
): Operation<I, O> {
  return { kind: 'query', roles, input, output };
}

export function command<I extends z.ZodType, O extends z.ZodType>(
  roles: readonly Role[],
  input: I,
  output: O,
): Operation<I, O> {
  return { kind: 'command', roles, input, output };
}
