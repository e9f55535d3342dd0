import type { KnownPerson } from '../../../src/contract/citizens.ts';
import { CounterError } from '../../../src/contract/errors.ts';
import { checkApplicant } from '../../../src/main/citizens/check-applicant.ts';
import { findEthnicGroups } from '../../../src/main/citizens/ethnic-groups.ts';
import { prepareGazetteer, resolveAddress, searchCommunes } from '../../../src/main/citizens/gazetteer.ts';
import type { Handlers } from './fake-world.ts';

type CitizenOperations = Exclude<Extract<keyof Handlers, `citizens.${string}`>, 'citizens.readCard'>;

const NO_PLACES = prepareGazetteer([]);

export interface FakeCitizens {
  readonly handlers: Pick<Handlers, CitizenOperations>;
  /** Somebody was at the counter before. */
  remember(person: KnownPerson): void;
}

/** Whom a test remembers, by number alone; no list of places was imported. */
export function fakeCitizens(): FakeCitizens {
  const seen: KnownPerson[] = [];
  return {
    remember: (person) => void seen.push(person),
    handlers: {
      'citizens.check': (typed) => checkApplicant(typed),
      'citizens.known': ({ identityNumber }) =>
        seen.filter((p) => identityNumber !== '' && p.applicant.identityNumber === identityNumber),
      'citizens.ethnicGroups': ({ text }) => findEthnicGroups(text),
      'citizens.resolveAddress': ({ text }) => resolveAddress(NO_PLACES, text),
      'citizens.communes': ({ text, province, limit }) => searchCommunes(NO_PLACES, text, province, limit),
      'citizens.importPlaces': () => {
        throw new CounterError('FORBIDDEN_ROLE');
      },
    },
  };
}
