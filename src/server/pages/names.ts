import { lineWithin } from '../../domain/survey/rich-text.ts';

const longestCompanyName = 80;
const longestFirstName = 40;

/** A company's name for a sentence; null where nothing of it can be shown. */
export function companyNameOf(name: string): string | null {
  return shown(name, longestCompanyName);
}

/** An agent's first name for a sentence; null where there is none. */
export function agentNameOf(name: string | null): string | null {
  return name === null ? null : shown(name, longestFirstName);
}

function shown(name: string, most: number): string | null {
  // Names come from people: invisible characters would leave a gap where a name should be.
  const line = lineWithin(name, most);
  return /[\p{L}\p{N}\p{S}\p{P}]/u.test(line) ? isolated(line) : null;
}

const writtenFromTheRight =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name that is written from the right must not turn the words around it; `bdi` as characters, for titles too. */
function isolated(name: string): string {
  return writtenFromTheRight.test(name) ? `\u2068${name}\u2069` : name;
}
