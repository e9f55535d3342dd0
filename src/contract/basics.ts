import { z } from 'zod';

/** An instant in UTC, ISO 8601 with `Z`; screens and papers show it at +07:00. */
export const instant = z.iso.datetime();
/** A calendar day, `yyyy-MM-dd`. */
export const day = z.iso.date();
export const id = z.uuid();
/** Lower-case hexadecimal SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a screen repeats to the engine: codes and ids of a catalogue, addresses of devices and keys. */
export const code = z.string().max(100);
export const address = z.string().max(4096);

/** Why a person did something that the record must explain. */
export const reason = z.string().trim().min(1).max(1000);
/** Whole đồng. */
export const dong = z.number().int().nonnegative().max(1_000_000_000_000);

export const pdfFile = z.object({ mime: z.literal('application/pdf'), base64: z.base64(), name: z.string() });
export const dossierRef = z.object({ dossierId: id });
export const componentRef = dossierRef.extend({ componentId: code });
export const nothing = z.object({});
