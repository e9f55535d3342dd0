import { describe, expect, it } from 'vitest';
import type { Applicant } from '../../../src/contract/model.ts';
import { differences, personKey, personOf } from '../../../src/main/citizens/person.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { apply, type Dossier, fold } from '../../../src/main/dossiers/dossier.ts';
import { applicant, procedure, stamp, uuid } from '../dossiers/samples.ts';

function draftOf(who: Applicant | null): Dossier {
  const draft = fold(commands.open({ dossierId: uuid(1), procedure }, stamp()));
  return who ? commands.setApplicant(draft, who, stamp(1)).reduce<Dossier>(apply, draft) : draft;
}
const received = (who: Applicant): Dossier => ({ ...draftOf(who), receivedAt: '2026-10-08T01:10:00.000Z' });

describe('a person seen before', () => {
  it('is remembered from the reception of a dossier on, not from a draft', () => {
    expect(personOf(draftOf(null))).toBeNull();
    expect(personOf(draftOf(applicant))).toBeNull();
    const person = personOf(received(applicant));
    expect(person).toEqual({
      dossierId: uuid(1),
      personKey: '004190000123',
      folded: 'nong thi mau nong thi mau 004190000123 0912345678',
      applicant,
      seenAt: '2026-10-08T01:10:00.000Z',
    });
  });

  it('is found by either spelling of a name with an apostrophe', () => {
    const words = personOf(received({ ...applicant, name: 'K’Brơi Niê' }))?.folded.split(' ');
    expect(words).toEqual(expect.arrayContaining(['k', 'broi', 'kbroi', 'nie']));
  });

  it('goes by the number however it is written, and by name and birth without one', () => {
    expect(personKey({ ...applicant, identityNumber: '004 190.000-123' })).toBe('004190000123');
    const none = { ...applicant, identityNumber: '' };
    expect(personKey(none)).toBe(personKey({ ...none, name: 'NÔNG THI MẪU' }));
    expect(personKey(none)).not.toBe(personKey({ ...none, birthDate: '1990-02-06' }));
    expect(personKey(none)).not.toBe(personKey({ ...none, kind: 'business' }));
    expect(personKey(none)).not.toBe(personKey(applicant));
  });

  it('differs in what was typed otherwise, not in what was not typed', () => {
    expect(differences(applicant, null)).toEqual([]);
    expect(differences(applicant, applicant)).toEqual([]);
    const nothing = { ...applicant, name: '', identityNumber: '', address: '', phone: '', birthDate: null };
    expect(differences(applicant, { ...nothing, gender: null })).toEqual([]);
    const typed = {
      ...applicant,
      name: 'nông thị mẫu',
      identityNumber: '004 190 000 123',
      address: 'Tổ 4, Phường Thục Phán, Cao Bằng',
      birthDate: '1990-02-06',
      gender: 'other' as const,
      ethnicity: 2,
    };
    expect(differences(applicant, typed)).toEqual(['birthDate', 'gender', 'address', 'ethnicity']);
  });
});
