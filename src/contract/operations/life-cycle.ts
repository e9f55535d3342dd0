/** What a screen may ask of life-cycle. */
export const LIFE_CYCLE_OPERATIONS = {} as const;
