import { describe, expect, test } from 'vitest';
import { addressSays } from '../../../src/domain/values/agent-address.ts';

describe('an address of an agent', () => {
  test.each([
    ['ann.lee@desk.example', 'Ann Lee'],
    ['.ann__lee@desk.example', 'Ann Lee'],
    ['ann.lee+desk@desk.example', 'Ann Lee'],
    ['Ann.Lee2@desk.example', 'Ann Lee'],
    ['annlee@desk.example', 'Ann Lee'],
    ['ann.l@desk.example', 'Ann Lee'],
    ['alee@desk.example', 'Ann Lee'],
    ['annie.lee@desk.example', 'Ann Lee'],
    ['andy.lee@desk.example', 'Ann Lee'],
    ['cosima.prado@desk.example', 'Cosima Incera Prado'],
    ['cosima.incera@desk.example', 'Cosima'],
    ['ann.incera@desk.example', 'Ann'],
    ['shane.oneill@desk.example', 'Shane O’Neill'],
    ['lukasz.kowal@desk.example', 'Łukasz Kowal'],
    ['dorde.kowal@desk.example', 'Đorđe Kowal'],
    ['aegir.kowal@desk.example', 'Ægir Kowal'],
    ['soren.kjaer@desk.example', 'Søren Kjær'],
    ['soeren.kjaer@desk.example', 'Søren Kjær'],
    ['jurgen.muller@desk.example', 'Jürgen Müller'],
    ['juergen.mueller@desk.example', 'Jürgen Müller'],
    ['joerg.jaeger@desk.example', 'Jörg Jäger'],
    ['jorg.jager@desk.example', 'Jörg Jäger'],
  ])('%s confirms %s', (email, name) => expect(says(email, name)).toBe('confirms'));

  test.each([
    ['ann@desk.example', 'Ann Lee'],
    ['ann.smith@desk.example', 'Ann Lee'],
    ['ann.le@desk.example', 'Ann Lee'],
    ['ann@desk.example', 'Ann .'],
    ['cosima@desk.example', 'Cosima'],
    ['smith.john@desk.example', 'Smith'],
    ['smith.incera.john@desk.example', 'Smith'],
    ['kim.minsu@desk.example', 'Kim'],
    ['klaviyo.integration@desk.example', 'Klaviyo'],
    ['ann.integration@desk.example', 'Ann'],
  ])('%s begins as %s does', (email, name) => expect(says(email, name)).toBe('begins'));

  test.each([
    ['lee.ann@desk.example', 'Ann Lee'],
    ['lee.a@desk.example', 'Ann Lee'],
    ['l.ann@desk.example', 'Ann Lee'],
    ['leeann@desk.example', 'Ann Lee'],
    ['lann@desk.example', 'Ann Lee'],
    ['lee@desk.example', 'Ann Lee'],
    ['hi@acme.example', 'Acme Outdoor'],
    ['hi@mail.acme-outdoor.example', 'Acme Shop'],
    ['hi@acme-outdoor.example', 'AcmeOut Door'],
    ['acme.outdoor@acme.example', 'Acme Outdoor'],
  ])('%s contradicts %s', (email, name) => expect(says(email, name)).toBe('contradicts'));

  test.each([
    [null, 'Ann Lee'],
    ['', 'Ann Lee'],
    ['@', 'Ann Lee'],
    ['no address', 'Ann Lee'],
    ['support@desk.example', 'Ann Lee'],
    ['bob.lee@desk.example', 'Ann Lee'],
    ['bob.l@desk.example', 'Ann Lee'],
    ['cora.lee@desk.example', 'Ann Lee'],
    ['x.ann@desk.example', 'Ann Lee'],
    // A well-known first name is no company's, and the end of a domain is no name.
    ['hi@ann.example', 'Ann Lee'],
    ['hi@acme.cosima', 'Cosima Incera'],
  ])('%s says nothing about %s', (email, name) => expect(says(email, name)).toBe('nothing'));
});

function says(email: string | null, name: string): ReturnType<typeof addressSays> {
  const [first = '', ...others] = name.split(' ');
  return addressSays(email, first, others);
}
