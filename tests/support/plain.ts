/** What a contract's shape holds when there is nothing to say: to be spread into samples. */
export const PLAIN_SPEC = { situation: '', replacedBy: '', form: null };

export const PLAIN_PROCEDURE = {
  onlineDuration: null,
  phases: [],
  agency: '',
  levels: [],
  fees: [],
  onlineOnly: false,
};

export const PLAIN_APPLICANT = { ethnicity: null, place: null };

export const PLAIN_PAPER = { counts: null, seen: null, lookup: null };
