import { describe, expect, test } from 'vitest';
import { readSmtpUrl } from '../../src/delivery/smtp-url.ts';

describe('the address of a mail server', () => {
  test.each<[string, object]>([
    [
      'smtp://mail.acme.example',
      { host: 'mail.acme.example', port: 587, encryption: 'starttls', login: null },
    ],
    ['smtp://mail.acme.example:25', { port: 25, encryption: 'starttls' }],
    ['smtps://mail.acme.example', { port: 465, encryption: 'implicit' }],
    ['smtps://mail.acme.example:2465/', { port: 2465, encryption: 'implicit' }],
    ['smtp://u%40acme.com:p%2Fw%3A@mail.acme.example', { login: { user: 'u@acme.com', password: 'p/w:' } }],
    ['smtp://u:p@mail.acme.example', { encryption: 'starttls' }],
    ['smtp://mail.acme.example?tls=off', { encryption: 'none' }],
    ['smtp://u:p@localhost', { encryption: 'none', login: { user: 'u', password: 'p' } }],
    ['smtp://u:p@127.0.0.1:1025', { host: '127.0.0.1', port: 1025, encryption: 'none' }],
    ['smtp://[::1]:1025', { host: '::1', encryption: 'none' }],
    ['smtp://localhost?tls=required', { encryption: 'starttls' }],
    ['smtp://bücher.example', { host: 'xn--bcher-kva.example' }],
    [' smtp://mail.acme.example?pool=8 ', { connections: 8 }],
    ['smtp://mail.acme.example', { connections: 3, name: null, timeoutMs: null }],
    ['smtp://mail.acme.example?timeout=900', { timeoutMs: 900_000, connections: 3 }],
    ['smtp://mail.acme.example?timeout=3600&pool=2', { timeoutMs: 3_600_000, connections: 2 }],
    ['smtp://mail.acme.example?timeout=0.1', { timeoutMs: 100 }],
    ['smtp://mail.acme.example?name=out.acme.example', { name: 'out.acme.example' }],
    ['smtp://mail.acme.example?name=[192.0.2.7]&pool=2', { name: '[192.0.2.7]', connections: 2 }],
    ['smtp://mail.acme.example?name=[IPv6:2001:db8::7]', { name: '[IPv6:2001:db8::7]' }],
    // Names that only look like this machine's belong to other machines.
    ['smtp://127.0.0.1.acme.example', { encryption: 'starttls' }],
    ['smtp://localhost.acme.example', { encryption: 'starttls' }],
  ])('%j', (text, server) => expect(readSmtpUrl(text)).toMatchObject(server));

  test.each([
    'mail.acme.example',
    'http://mail.acme.example',
    'smtp://',
    'smtp:mail.acme.example',
    'smtp://sEcret:sEcret@mail.acme.example?tls=off',
    'smtp://user@mail.acme.example',
    'smtp://:sEcret@mail.acme.example',
    'smtp://u:sEcret%@mail.acme.example',
    'smtp://u:sEcret@mail.acme.example/path',
    'smtp://mail.acme.example#part',
    'smtps://mail.acme.example?tls=off',
    'smtp://mail.acme.example?tls=maybe',
    'smtp://mail.acme.example?pool=0',
    'smtp://mail.acme.example?pool=21',
    'smtp://mail.acme.example?pool=x',
    'smtp://mail.acme.example?secure=true',
    'smtp://mail.acme.example?timeout=0',
    'smtp://mail.acme.example?timeout=0.09',
    'smtp://mail.acme.example?timeout=-5',
    'smtp://mail.acme.example?timeout=soon',
    'smtp://mail.acme.example?timeout=10m',
    'smtp://mail.acme.example?timeout=1e3',
    'smtp://mail.acme.example?timeout=',
    'smtp://mail.acme.example?timeout=3601',
    'smtp://mail.acme.example?timeout=99999',
    'smtp://mail.acme.example?name=gcsat',
    'smtp://mail.acme.example?name=192.0.2.7',
    'smtp://mail.acme.example?name=',
    'smtp://mail.acme.example?name=[2001:db8::7]',
    'smtp://mail.acme.example?name=2001:db8::7',
    'smtp://mail.acme.example?name=[IPv6:192.0.2.7]',
    'smtp://mail.acme.example?name=[IPv6:fe80::1%25eth0]',
    'smtp://mail.acme.example?name=[192.0.2]',
    'smtp://mail.acme.example?name=[]',
    'smtp://mail.acme.example?name=a.example%0d%0aRSET',
  ])('not %j, and no password is told', (text) => {
    let told: unknown = null;
    try {
      readSmtpUrl(text);
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({ kind: 'configuration', code: 'bad_smtp_url' });
    expect(String(told)).not.toContain('sEcret');
  });

  test.each(['[2001:db8::7]', '2001:db8::7'])('says how the address %s is written', (name) =>
    expect(() => readSmtpUrl(`smtp://mail.acme.example?name=${name}`)).toThrow('write [IPv6:2001:db8::7]'),
  );
});
