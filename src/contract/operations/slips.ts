/** What a screen may ask of slips. */
export const SLIPS_OPERATIONS = {} as const;
