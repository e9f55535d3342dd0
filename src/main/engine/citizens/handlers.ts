import { readFile, rm } from 'node:fs/promises';
import type { ComparedApplicant, KnownPerson } from '../../../contract/citizens.ts';
import type { CITIZENS_OPERATIONS } from '../../../contract/operations/citizens.ts';
import { checkApplicant } from '../../citizens/check-applicant.ts';
import { findEthnicGroups } from '../../citizens/ethnic-groups.ts';
import {
  type Gazetteer,
  parsePlaces,
  prepareGazetteer,
  resolveAddress,
  searchCommunes,
} from '../../citizens/gazetteer.ts';
import { differences, numberKey } from '../../citizens/person.ts';
import { foldText } from '../../procedures/fold-text.ts';
import type { PersonRecord } from '../../store/people.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createCitizensHandlers(parts: FieldParts): HandlersOf<typeof CITIZENS_OPERATIONS> {
  const { store, uploads } = parts;

  let prepared: Gazetteer | null = null;
  const gazetteer = () => {
    prepared ??= prepareGazetteer(store.places.all());
    return prepared;
  };

  /** Those under the number first: one offer for each way in which they were written down. */
  function known(identityNumber: string, text: string, typed: ComparedApplicant | null, limit: number) {
    const found = new Map<string, KnownPerson>();
    const add = (record: PersonRecord, by: KnownPerson['by'], dossiers: number) => {
      const { applicant, dossierId, personKey, seenAt } = record;
      const key = JSON.stringify([personKey, by === 'number' ? applicant : null]);
      if (found.size >= limit || found.has(key)) return;
      if (by === 'text' && [...found.values()].some((p) => p.applicant.identityNumber === personKey)) return;
      const differs = differences(applicant, typed);
      found.set(key, { applicant, dossierId, lastSeenAt: seenAt, dossiers, by, differs });
    };
    const number = numberKey(identityNumber);
    if (number !== '') {
      const { records, dossiers } = store.people.withKey(number);
      for (const record of records) add(record, 'number', dossiers);
    }
    for (const record of store.people.search(foldText(text), limit)) add(record, 'text', record.dossiers);
    return [...found.values()];
  }

  return {
    'citizens.check': (typed) => checkApplicant(typed),
    'citizens.known': ({ identityNumber, text, typed, limit }) => known(identityNumber, text, typed, limit),
    'citizens.ethnicGroups': ({ text }) => findEthnicGroups(text),
    'citizens.resolveAddress': ({ text }) => resolveAddress(gazetteer(), text),
    'citizens.communes': ({ text, province, limit }) => searchCommunes(gazetteer(), text, province, limit),
    'citizens.importPlaces': async ({ uploadId }) => {
      const file = await uploads.finish(uploadId);
      try {
        const places = parsePlaces(await readFile(file.path, 'utf8'));
        store.places.replace(places);
        prepared = null;
        return { provinces: new Set(places.map((p) => p.provinceCode)).size, communes: places.length };
      } finally {
        await rm(file.path, { force: true });
      }
    },
  };
}
