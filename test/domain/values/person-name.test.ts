import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstNameOf } from '../../../src/domain/values/person-name.ts';

describe('the name to call an agent by', () => {
  test.each([
    ['Ann Lee', 'Ann'],
    ['  Ann\tLee ', 'Ann'],
    ['Ann', 'Ann'],
    ['Dr. Ann Lee', 'Ann'],
    ['Prof. Dr. Ann Lee', 'Ann'],
    ['MRS. Ann Lee', 'Ann'],
    ['Lee, Ann', 'Ann'],
    ['Lee, Dr. Ann Marie', 'Ann'],
    ['Ann Lee, PhD', 'Ann'],
    ['Ann Lee, Jr.', 'Ann'],
    ['Jean-Luc O’Neill', 'Jean-Luc'],
    ['أحمد علي', 'أحمد'],
    ['\u202eAnn\u202c Lee', 'Ann'],
    ['Ann\r\nBcc: x', 'Ann'],
    ['Ann Lee, LCSW', 'Ann'],
    ['Ann Lee, M.Ed.', 'Ann'],
    ['Ann Lee, Team Lead', 'Ann'],
    ['Ann Lee, Customer Care', 'Ann'],
    ['Ann Lee, RN, BSN', 'Ann'],
    ['Sr. Ann Lee', 'Ann'],
    ['Mag. Ann Lee', 'Ann'],
    ['van der Berg, Jan', 'Jan'],
    ['Lee, Ann, PhD', 'Ann'],
    ['DeShawn Miles', 'DeShawn'],
    ['Zoë D’Arcy', 'Zoë'],
    ['Ann L.', 'Ann'],
    ['Ana María Ruiz', 'Ana'],
    ['José de la Cruz', 'José'],
    ['Карина Дубова', 'Карина'],
    ['Cosima Incera', 'Cosima'],
    ['Lee, Ann (Berlin)', 'Ann'],
    ['Ann Lee-Park', 'Ann'],
    ['Kim Doe', 'Kim'],
    ['Ann Lee 🌟', 'Ann'],
  ])('%j is %j', (name, first) => expect(firstNameOf(name)).toBe(first));

  test.each([
    [null],
    [''],
    ['   '],
    ['Dr.'],
    ['12345'],
    ['ann@acme.com'],
    ['Ann ann@acme.com'],
    ['X' + 'x'.repeat(40)],
    // What may be a family name, a title, or no person.
    ['Lee,'],
    ['Lee, PhD'],
    ['Dr. Lee'],
    ['Dr Ann Lee'],
    ['J. Smith'],
    ['Ann Lee, Nurse'],
    ['李 小龍'],
    ['山田 太郎'],
    ['42 Ann'],
    ['Agent 7'],
    ['Support Team'],
    ['Customer Care'],
    ['ANN LEE'],
    // Groups, in any language.
    ['Kundenservice Team'],
    ['Kundendienst'],
    ['Équipe support'],
    ['Équipe Lyon'],
    ['Equipe Atendimento'],
    ['Servicio al Cliente'],
    ['Atención al Cliente'],
    ['Soporte Técnico'],
    ['Servizio Clienti'],
    ['Atendimento ao Cliente'],
    ['Klantenservice Amsterdam'],
    ['Kundtjänst Stockholm'],
    ['Asiakaspalvelu'],
    ['Acme Support'],
    ['Lyon Équipe'],
    ['Berlin Vertrieb'],
    ['Orders & Returns'],
    ['Nachtschicht / Berlin'],
    ['Служба поддержки'],
    ['خدمة العملاء'],
    ['Amazon Team'],
    // Ranks and titles.
    ['Captain Ann Lee'],
    ['Capt Lee'],
    ['Sergeant Lee'],
    ['Major Ann Lee'],
    ['Señor Ruiz'],
    ['Père Martin'],
    ['Signora Rossi'],
    ['Dhr Jansen'],
    // Companies.
    ['Acme, Inc'],
    ['Acme, Inc.'],
    ['Acme Inc'],
    ['Acme GmbH'],
    ['Acme Outdoor, LLC'],
    ['Acme Corp.'],
    ['Lee & Sons'],
    ['Muster AG'],
    ['Dupont SARL'],
    ['Acme Ltd'],
    ['\u001b[31mAnn'],
    // Departments, accounts that are not a person's any more, and family names.
    ['Acme Shipping'],
    ['Reception'],
    ['Empfang Köln'],
    ['Recepción'],
    ['Human Resources'],
    ['Tier Two'],
    ['Gladly AI'],
    ["L'équipe"],
    ['L’Équipe Acme'],
    ['Die Kollegen'],
    ['La Recepción'],
    ['Former Agent'],
    ['Deactivated Ann'],
    ['[Inactive] Ann Lee'],
    ['No-Reply Acme'],
    ['Null'],
    ['Coach Ann'],
    ['Nguyễn Văn An'],
    ['Nagy Anna'],
    ['Kim Min-su'],
  ])('%j has none', (name) => expect(firstNameOf(name)).toBeNull());

  test('forty characters are still a name', () => expect(firstNameOf('X' + 'x'.repeat(39))).toHaveLength(40));

  test('any text gives null or a word without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const first = firstNameOf(name);
        if (first === null) return;
        expect(first).toMatch(/\p{L}/u);
        expect(first).not.toMatch(/[\s\p{Cc}\p{Cs}]|[\u202a-\u202e\u2066-\u2069]/u);
        expect(first.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
