import { z } from 'zod';

/** Who may ask: the front-desk clerk, the supervisor of the counter, the person who installs it. */
export const ROLES = ['clerk', 'supervisor', 'admin'] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;
