/** What a screen may ask of fees. */
export const FEES_OPERATIONS = {} as const;
