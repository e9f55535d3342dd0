/** What a screen may ask of citizens. */
export const CITIZENS_OPERATIONS = {} as const;
