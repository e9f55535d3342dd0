/** What a screen may ask of printing. */
export const PRINTING_OPERATIONS = {} as const;
