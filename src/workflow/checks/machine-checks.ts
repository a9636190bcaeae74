import { existsSync, statSync } from 'node:fs';
import { ok, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';

declare const GCSAT_VERSION: string;

/** Permission bits of other users; a private configuration file has 0600. */
const forOthers = 0o077;

export const nodeCheck: Check<object> = {
  id: 'node',
  about: 'the versions of gcsat and Node.js',
  matters: 'gcsat runs on it.',
  needs: [],
  run: () => ok(`gcsat ${GCSAT_VERSION} on Node.js ${process.version}, ${process.platform} ${process.arch}`),
};

export const configFilesCheck: Check<Pick<CheckSources, 'configuration'>> = {
  id: 'config.files',
  about: 'the profile and the settings: complete, valid, and private',
  matters: 'Nothing can be asked or sent without them.',
  needs: [],
  run({ configuration: { profile, problems } }) {
    const [first] = problems;
    if (first !== undefined) throw first;
    const named = profile === null ? 'complete' : `profile '${profile.name}' is complete`;
    if (profile === null || !existsSync(profile.file)) return ok(`${named}, without a file`);
    const isOpen = process.platform !== 'win32' && (statSync(profile.file).mode & forOthers) !== 0;
    if (!isOpen) return ok(`${named}, in ${profile.file}`);
    return {
      status: 'warning',
      code: 'configuration_readable',
      summary: `other users of this machine can read ${profile.file}`,
      detail: 'It holds the API token.',
      fix: `chmod 600 ${profile.file}`,
    };
  },
};
