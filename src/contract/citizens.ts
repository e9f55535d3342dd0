import { z } from 'zod';
import { id, instant } from './basics.ts';
import { applicant } from './model.ts';

/** One of the 54 ethnic groups, by the number of QĐ 121-TCTK/1979. */
export const ethnicGroup = z.object({
  number: z.number().int().min(1).max(54),
  name: z.string(),
  /** An aid for input. */
  otherNames: z.array(z.string()),
});
export type EthnicGroup = z.infer<typeof ethnicGroup>;

/** A part of an address: its kind as it stands there (xã, phường, huyện…), empty where none does, and its name. */
export const addressPart = z.object({ kind: z.string(), name: z.string() });
export type AddressPart = z.infer<typeof addressPart>;

/**
 * An address in its levels. three = tỉnh – huyện – xã, until 30/6/2025, as older cards and dossiers have it; two = tỉnh –
 * xã, since 1/7/2025 (facts §3.5); unknown = the text does not say.
 */
export const addressParts = z.object({
  levels: z.enum(['two', 'three', 'unknown']),
  /** House, street, thôn, xóm, bản, tổ: what stands below the commune. */
  street: z.string(),
  commune: addressPart.nullable(),
  district: addressPart.nullable(),
  province: addressPart.nullable(),
});
export type AddressParts = z.infer<typeof addressParts>;

/** A commune in force. */
export const commune = z.object({
  code: z.string().regex(/^\d{5}$/),
  /** With its kind. */
  name: z.string(),
  province: z.object({ code: z.string().regex(/^\d{2}$/), name: z.string() }),
});
export type Commune = z.infer<typeof commune>;

/** Why an offer is not certain. */
export const offerDoubt = z.enum([
  /** The address has the old levels: a commune of that name today may be another area. */
  'OLD_LEVELS',
  /** The province is missing, or is none of those in force. */
  'PROVINCE_UNKNOWN',
  /** Xã for phường, thị trấn for xã and the like. */
  'KIND_DIFFERS',
  /** Only without diacritics is the name the same. */
  'SPELLING_DIFFERS',
  /** The commune is named after the district of the address. */
  'FROM_DISTRICT',
  /** There are several that fit as well. */
  'SEVERAL',
]);
export type OfferDoubt = z.infer<typeof offerDoubt>;

export const addressResolution = z.object({
  /** As it was read; this is what is kept. */
  text: z.string(),
  parts: addressParts,
  /**
   * certain = the one offer says what the text says; offered = a person chooses; none = nothing fits; no-gazetteer = no
   * list of places was imported.
   */
  status: z.enum(['certain', 'offered', 'none', 'no-gazetteer']),
  offers: z.array(z.object({ commune, doubts: z.array(offerDoubt) })),
});
export type AddressResolution = z.infer<typeof addressResolution>;

/** A list of places in force as the public data sets have it: provinces with their communes. */
export const placesFile = z
  .array(
    z.object({
      Code: z.string().regex(/^\d{2}$/),
      FullName: z.string().trim().min(1).max(200),
      Wards: z
        .array(
          z.object({
            Code: z.string().regex(/^\d{5}$/),
            FullName: z.string().trim().min(1).max(200),
            ProvinceCode: z.string().optional(),
          }),
        )
        .min(1)
        .max(5000),
    }),
  )
  .min(1)
  .max(100);
export type PlacesFile = z.infer<typeof placesFile>;

export const applicantField = z.enum([
  'name',
  'identityNumber',
  'kind',
  'birthDate',
  'gender',
  'address',
  'phone',
  'email',
  'ethnicity',
  'place',
]);
export type ApplicantField = z.infer<typeof applicantField>;

/** What is typed of an applicant so far; nothing has to be there. */
export const typedApplicant = z.object({
  name: z.string().max(255).default(''),
  identityNumber: z.string().max(40).default(''),
  kind: applicant.shape.kind.default('citizen'),
  birthDate: applicant.shape.birthDate.default(null),
  gender: applicant.shape.gender.default(null),
  address: z.string().max(500).default(''),
  phone: z.string().max(40).default(''),
  email: z.string().max(254).default(''),
});
export type TypedApplicant = z.infer<typeof typedApplicant>;

/** What is known so far of who stands at the counter, to be compared with who was seen before. */
export const comparedApplicant = applicant
  .pick({ kind: true, birthDate: true, gender: true, ethnicity: true, place: true })
  .extend({
    name: z.string().max(255),
    identityNumber: z.string().max(40),
    address: z.string().max(500),
    phone: z.string().max(40),
    email: z.string().max(254),
  });
export type ComparedApplicant = z.infer<typeof comparedApplicant>;

export const applicantWarning = z.enum([
  'NUMBER_SHAPE',
  'PLACE_UNKNOWN',
  'BIRTH_YEAR_DIFFERS',
  'GENDER_DIFFERS',
  /** Nine digits of a CMND, which is no valid paper since 01/01/2025. */
  'NUMBER_OLD',
  /** The check digit of a tax number does not fit. */
  'TAX_NUMBER_WRONG',
  /** Mã định danh in the order of before QĐ 20/2020/QĐ-TTg. */
  'AGENCY_CODE_OLD',
  /** Mã cấp 1 of a province that ended in 2025. */
  'AGENCY_CODE_CLOSED',
  'TEXT_DAMAGED',
  'TEXT_REPAIRED',
  'INPUT_METHOD',
  'PHONE_SHAPE',
  /** Eleven digits of before 2018. */
  'PHONE_OLD_PREFIX',
  'EMAIL_SHAPE',
]);
export type ApplicantWarning = z.infer<typeof applicantWarning>;

/** What was typed, put in order where that changes no meaning, and what a person should look at. Nothing is refused. */
export const checkedApplicant = z.object({
  typed: typedApplicant,
  warnings: z.array(z.object({ field: applicantField, code: applicantWarning })),
  /** A text that the warning suggests in place of the field's. */
  suggestions: z.array(z.object({ field: applicantField, value: z.string() })),
  /** First registration of the birth, by the number; name null = the code has no name here. */
  birthPlace: z.object({ code: z.string(), name: z.string().nullable() }).nullable(),
});
export type CheckedApplicant = z.infer<typeof checkedApplicant>;

/** Somebody who may be the same person; the clerk decides, nothing is merged. */
export const knownPerson = z.object({
  applicant,
  /** Of the dossier that the data are from. */
  dossierId: id,
  lastSeenAt: instant,
  /** Dossiers received of this person, this one too. */
  dossiers: z.number().int().positive(),
  /** Why they are offered: the number is the same, or words are. */
  by: z.enum(['number', 'text']),
  /** Fields in which they differ from what was typed. */
  differs: z.array(applicantField),
});
export type KnownPerson = z.infer<typeof knownPerson>;
