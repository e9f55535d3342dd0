export const APP_SCHEME = 'app';
export const APP_HOST = 'counter';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** No command of a screen is larger; a larger one is refused before it is copied on. */
export const MAX_CALL_CHARACTERS = 64 * 1024;
