import { z } from 'zod';
import { instant } from '../../contract/basics.ts';

/** When it happened (UTC) and who did it: the login of a person, or the name of a part of the engine. */
export const stamp = { at: instant, actor: z.string().min(1) };
