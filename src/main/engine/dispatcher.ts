import { CounterError, toErrorShape } from '../../contract/errors.ts';
import { OPERATIONS, type OperationName, type Output, type ParsedInput } from '../../contract/operations.ts';
import type { Role } from '../../contract/roles.ts';
import { callMessage, type ReplyMessage } from '../../contract/wire.ts';
import type { Log } from './log.ts';

/** Who is asking; made by the host of the connection, never by the message. */
export interface Caller {
  readonly role: Role;
  readonly user: string;
}

export type Handlers = {
  readonly [N in OperationName]: (input: ParsedInput<N>, caller: Caller) => Output<N> | Promise<Output<N>>;
};

export interface Dispatcher {
  /** Answers one raw message; null where it is not even a call and has no number to answer to. */
  dispatch(raw: unknown, caller: Caller): Promise<ReplyMessage | null>;
}

/**
 * The only door to the engine: knows the operation, checks the role, validates input before and output after the
 * handler. Whatever a handler throws leaves as a code; the stack stays in the log.
 */
export function createDispatcher(handlers: Handlers, log: Log): Dispatcher {
  async function run(operation: string, input: unknown, caller: Caller): Promise<unknown> {
    if (!Object.hasOwn(OPERATIONS, operation)) throw new CounterError('UNKNOWN_OPERATION', { operation });
    const name = operation as OperationName;
    const { roles, input: inputSchema, output: outputSchema } = OPERATIONS[name];
    if (!roles.includes(caller.role))
      throw new CounterError('FORBIDDEN_ROLE', { operation, role: caller.role });
    const parsed = inputSchema.safeParse(input);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.join('.') ?? '';
      throw new CounterError('BAD_REQUEST', { operation, where }, { cause: parsed.error });
    }
    const handler = handlers[name] as (input: unknown, caller: Caller) => unknown;
    const value = outputSchema.safeParse(await handler(parsed.data, caller));
    if (!value.success) throw new CounterError('BAD_RESPONSE', { operation }, { cause: value.error });
    return value.data;
  }

  return {
    async dispatch(raw, caller) {
      const call = callMessage.safeParse(raw);
      if (!call.success) return null;
      const { seq, operation, input } = call.data;
      try {
        return { type: 'reply', seq, result: { ok: true, value: await run(operation, input, caller) } };
      } catch (error) {
        const shape = toErrorShape(error);
        log.warn({ operation, code: shape.code, details: shape.details, err: error }, 'operation failed');
        return { type: 'reply', seq, result: { ok: false, error: shape } };
      }
    },
  };
}
