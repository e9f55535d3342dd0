/** What a screen may ask of procedures. */
export const PROCEDURES_OPERATIONS = {} as const;
