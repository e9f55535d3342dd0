/** A record of the national catalogue is five levels deep; a list of them six. */
const DEEPEST = 32;

/** JSON nested deeper than any catalogue is: made to exhaust whoever walks it. Brackets in strings do not count. */
export function isNested(json: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i += 1) {
    const c = json.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i += 1;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x5b || c === 0x7b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (c === 0x5d || c === 0x7d) depth -= 1;
  }
  return false;
}
