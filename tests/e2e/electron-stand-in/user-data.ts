import { mkdirSync } from 'node:fs';

export const userData = process.env.STAND_IN_USER_DATA ?? '';
if (userData === '') throw new Error('STAND_IN_USER_DATA is needed');
mkdirSync(userData, { recursive: true });
