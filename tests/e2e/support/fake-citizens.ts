import { CounterError } from '../../../src/contract/errors.ts';
import { checkApplicant } from '../../../src/main/citizens/check-applicant.ts';
import { findEthnicGroups } from '../../../src/main/citizens/ethnic-groups.ts';
import { prepareGazetteer, resolveAddress, searchCommunes } from '../../../src/main/citizens/gazetteer.ts';
import { feeDayOf } from '../../../src/main/fees/day-totals.ts';
import type { Handlers } from './fake-world.ts';

type CitizenOperations = Exclude<Extract<keyof Handlers, `citizens.${string}`>, 'citizens.readCard'>;
type FeeOperations = Extract<keyof Handlers, `fees.${string}`>;

const NO_PLACES = prepareGazetteer([]);

/** Nobody was seen before, and no list of places was imported. */
export const citizenHandlers: Pick<Handlers, CitizenOperations> = {
  'citizens.check': (typed) => checkApplicant(typed),
  'citizens.known': () => [],
  'citizens.ethnicGroups': ({ text }) => findEthnicGroups(text),
  'citizens.resolveAddress': ({ text }) => resolveAddress(NO_PLACES, text),
  'citizens.communes': ({ text, province, limit }) => searchCommunes(NO_PLACES, text, province, limit),
  'citizens.importPlaces': () => {
    throw new CounterError('FORBIDDEN_ROLE');
  },
};

function noMoney(): never {
  throw new CounterError('CONFIG_INVALID', { setting: 'fees.book' });
}

/** A counter that takes no money. */
export const feeHandlers: Pick<Handlers, FeeOperations> = {
  'fees.propose': () => ({ lines: [], needsQuantity: false }),
  'fees.set': noMoney,
  'fees.pay': noMoney,
  'fees.cancelReceipt': noMoney,
  'fees.qr': noMoney,
  'fees.day': ({ day }) => feeDayOf(day, []),
};
