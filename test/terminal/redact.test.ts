import { describe, expect, test } from 'vitest';
import { redact, registerSecret } from '../../src/terminal/redact.ts';

describe('redact', () => {
  test('removes what was registered, however it is written', () => {
    registerSecret('p@ss/w"rd');
    registerSecret('p@ss/w"rd-and-more');
    expect(redact('the p@ss/w"rd here')).toBe('the [redacted] here');
    expect(redact('the p@ss/w"rd-and-more here')).toBe('the [redacted] here');
    expect(redact('?t=p%40ss%2Fw%22rd&x')).toBe('?t=[redacted]&x');
    expect(redact(JSON.stringify({ t: 'p@ss/w"rd' }))).toBe('{"t":"[redacted]"}');
  });

  test('removes what looks like a credential', () => {
    expect(redact('Authorization: Basic YWJjOmRlZg==')).toBe('Authorization: [redacted]');
    expect(redact('"authorization":"Bearer abc.def"')).toBe('"authorization":"[redacted]"');
    expect(redact('smtp://me:hidden@mail.example.com:587/')).toBe(
      'smtp://me:[redacted]@mail.example.com:587/',
    );
    expect(redact('postgres://u:p%40ss@db/x')).toBe('postgres://u:[redacted]@db/x');
  });

  test('leaves what our hints say of a URL, and nothing that only looks like it', () => {
    const hint = 'use smtp://USER:PASSWORD@host:587 or smtps://USER:PASSWORD@host';
    expect(redact(hint)).toBe(hint);
    for (const login of [
      'USER:password',
      'user:PASSWORD',
      'USER:PASSWORD1',
      'USER:PASSWORD@x',
      'me:PASSWORD',
    ]) {
      expect(redact(`smtp://${login}@host`)).toBe(`smtp://${login.split(':')[0]}:[redacted]@host`);
    }
    expect(redact('postgres://USER:PASSWORD@host')).toBe('postgres://USER:[redacted]@host');
  });

  test('leaves the rest alone, and does not mistake a short word for a secret', () => {
    registerSecret('no');
    registerSecret('');
    const text = 'no URL https://acme.gladly.com:443/a@b, basic questions, authorization is needed';
    expect(redact(text)).toBe(text);
  });
});
