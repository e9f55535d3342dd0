/** What a screen may ask of reports. */
export const REPORTS_OPERATIONS = {} as const;
