import { CounterError } from '../../../src/contract/errors.ts';
import type { CitizenCard } from '../../../src/contract/model.ts';
import { PLAIN_APPLICANT } from '../../support/plain.ts';

function dayOf(text: string): string | null {
  const match = /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  return match ? `${match[3]}-${match[2]}-${match[1]}` : null;
}

/** The card's line, first seven fields; enough for a screen to be tested with. */
export function readCard(line: string): CitizenCard {
  const fields = line.split('|');
  if (fields.length < 7) throw new CounterError('CITIZEN_QR_INVALID', { fields: fields.length });
  const [number, oldNumber, name, born, gender, address, issued] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    applicant: {
      name,
      identityNumber: number,
      kind: 'citizen',
      birthDate: dayOf(born),
      gender: gender === 'Nữ' ? 'female' : 'male',
      address,
      phone: '',
      email: '',
      ...PLAIN_APPLICANT,
    },
    issuedOn: dayOf(issued),
    oldNumber,
    warnings: /Ã|áº|Æ°/.test(name) ? ['TEXT_DAMAGED'] : [],
  };
}
