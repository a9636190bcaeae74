import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../src/config/load-settings.ts';
import { parseMedalliaChannels, parseMedalliaHost } from '../../src/config/medallia-values.ts';
import { temporaryFolder } from '../support/run.ts';

describe('the host of Agent Connect', () => {
  test.each([
    ['acme', 'https://acme.api.stellaconnect.net'],
    ['acme.stellaconnect.net', 'https://acme.api.stellaconnect.net'],
    ['https://acme.api.stellaconnect.net/', 'https://acme.api.stellaconnect.net'],
    ['https://api.stellaconnect.net', 'https://api.stellaconnect.net'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  ])('%s', (given, origin) => expect(parseMedalliaHost(given, false)).toBe(origin));

  test.each([
    'https://api.stellaconnect.net.example.com',
    'https://api-stellaconnect.net',
    'https://me@api.stellaconnect.net',
    'http://acme.api.stellaconnect.net',
    'https://api.stellaconnect.net/v1/requests',
    '',
  ])('%s gets no keys', (given) => expect(() => parseMedalliaHost(given, false)).toThrow());

  test('another host is for those who allow it', () => {
    expect(parseMedalliaHost('https://gateway.acme.com', true)).toBe('https://gateway.acme.com');
  });
});

test('channels are pairs', () => {
  expect([...parseMedalliaChannels(' SMS = text , facebook=social')]).toEqual([
    ['sms', 'text'],
    ['facebook', 'social'],
  ]);
  for (const wrong of ['sms', 'sms=', '=chat', 'a=b=c'])
    expect(() => parseMedalliaChannels(wrong)).toThrow('not a list of channels');
});

test('the keys are secrets of the environment, and are told before anything can print them', async () => {
  const folder = temporaryFolder();
  const env = {
    GCSAT_CONFIG_DIR: folder,
    GCSAT_DATA_DIR: folder,
    GCSAT_DOMAIN: 'acme',
    GCSAT_EMAIL: 'api@acme.com',
    GCSAT_TOKEN: 'token',
    GCSAT_MEDALLIA_API_KEY: 'the-key',
    GCSAT_MEDALLIA_API_SECRET: 'the-secret',
    GCSAT_MEDALLIA_URL: 'acme',
  };
  const secrets: string[] = [];
  const { medallia } = await loadSettings({}, env, { onSecret: (secret) => secrets.push(secret) });
  expect(medallia).toMatchObject({
    apiKey: 'the-key',
    apiSecret: 'the-secret',
    origin: 'https://acme.api.stellaconnect.net',
    perMinute: 80,
  });
  expect(secrets).toEqual(expect.arrayContaining(['the-key', 'the-secret']));
  const foreign = { ...env, GCSAT_MEDALLIA_URL: 'https://stella.example.com' };
  await expect(loadSettings({}, foreign)).rejects.toThrow('not an Agent Connect host');
});
