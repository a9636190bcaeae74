import { expect, test } from 'vitest';
import {
  bareName,
  fragileSecretWarning,
  trimProxyVariables,
  unknownVariables,
} from '../../src/config/environment.ts';

test.each([
  '\uFEFFGCSAT_DATA_DIR',
  'export GCSAT_DATA_DIR',
  ' GCSAT_DATA_DIR',
  '\uFEFFexport\tGCSAT_DATA_DIR',
  '"GCSAT_DATA_DIR',
])('a variable whose name an env file left as %j is none of ours', (name) => {
  expect(unknownVariables({ [name]: '/data', GCSAT_DATA_DIR: '/data', EXPORT_GCSAT_X: '1' })).toEqual([name]);
  expect(bareName(name)).toBe('GCSAT_DATA_DIR');
});

test.each([
  ['"gladly.test,acme.gladly.com"', 'gladly.test,acme.gladly.com'],
  [`'gladly.test', "acme.gladly.com"\r`, 'gladly.test, acme.gladly.com'],
  ['\uFEFF*', '*'],
  ['.gladly.com', '.gladly.com'],
])('NO_PROXY=%j means %j', (given, meant) => {
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const env = { [name]: given };
    trimProxyVariables(env);
    expect(env).toEqual({ [name]: meant });
  }
});

test('a proxy is an address without what is around it', () => {
  const env = {
    HTTPS_PROXY: '"http://proxy.acme.com:3128"\r\n',
    all_proxy: ' http://u:"p@x:1',
    http_proxy: 'a\nb',
  };
  trimProxyVariables(env);
  expect(env).toEqual({
    HTTPS_PROXY: 'http://proxy.acme.com:3128',
    all_proxy: 'http://u:"p@x:1',
    http_proxy: 'a\nb',
  });
});

test('a signing key whose ends may be lost is warned about, and not shown', () => {
  const key = 'k'.repeat(40);
  for (const given of [`"${key}"`, `'${key}'\n`, ` ${key}`, `${key}\n\n`, `${key}\t`]) {
    const warning = fragileSecretWarning({ GCSAT_SURVEY_SECRET: given });
    expect(warning, given).toMatch(/^GCSAT_SURVEY_SECRET /);
    expect(warning).not.toContain(key);
  }
  for (const given of [undefined, '', key, `${key}\r\n`, `"${key}`, `${key}"x'`])
    expect(fragileSecretWarning({ GCSAT_SURVEY_SECRET: given }), given).toBeNull();
});
