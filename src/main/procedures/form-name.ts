/** A component's name and the file name of its blank form that harvesting ran into it. */
export interface SplitName {
  readonly name: string;
  /** Empty where no form is named; several are joined by a comma. */
  readonly form: string;
  /** A file is named and nothing shows where its name begins: the whole stays in the component's name. */
  readonly unclear: boolean;
}

const EXTENSION = 'docx|doc|pdf|xlsx|xls|odt|rar|zip';
const ENDS_WITH_FILE = new RegExp(`\\.(?:${EXTENSION})[.;]?$`, 'iu');
const BETWEEN_FILES = new RegExp(`(?<=\\.(?:${EXTENSION}))(?=[^\\s.x;])`, 'giu');
/** Words with which names of forms begin. */
const FORM_WORD = 'm[ẫa]u|mu(?=\\p{Lu})|ph[ụu] ?l[ụu]c|phlc|bi[ểe]u|đơn|tờ khai';
/** A word begins where no blank stands before it: after a small letter, a bracket, a full stop, a closing mark. */
const GLUED =
  /(?<=\p{Ll})(?=\p{Lu}|\d\.\d{6}\.|\d{1,3}-M)|(?<=[)”"])(?=[\p{L}\d])|(?<=[\p{L})][.;:,])(?=[\p{L}\d])(?!(?:docx|doc|pdf|xlsx|xls|odt|rar|zip)(?:[.;]|$|\p{Lu}))/gu;
const GLUED_FORM = new RegExp(`(?<=[^\\s(/“"'_,-])(?=(?:${FORM_WORD})[^;]*$)`, 'giu');
/** A name of a file is not longer; what stands further left belongs to the component. */
const LONGEST_FORM = 150;

export function splitFormName(whole: string): SplitName {
  if (!ENDS_WITH_FILE.test(whole)) return { name: whole, form: '', unclear: false };
  const from = Math.max(0, whole.length - LONGEST_FORM);
  const at = Math.min(firstAfter(whole, GLUED, from), firstAfter(whole, GLUED_FORM, from));
  if (at === Number.POSITIVE_INFINITY) return { name: whole, form: '', unclear: true };
  const name = whole.slice(0, at).replace(/[\s;,:]+$/, '');
  const form = whole.slice(at).replace(/[.;]$/, '').split(BETWEEN_FILES).join(', ');
  return name === '' ? { name: whole, form: '', unclear: true } : { name, form, unclear: false };
}

function firstAfter(whole: string, pattern: RegExp, from: number): number {
  for (const match of whole.matchAll(pattern)) if (match.index >= Math.max(1, from)) return match.index;
  return Number.POSITIVE_INFINITY;
}
