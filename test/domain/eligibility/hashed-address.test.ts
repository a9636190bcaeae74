import { expect, test } from 'vitest';
import { hashedAddress } from '../../../src/domain/eligibility/hashed-address.ts';

const key = '07'.repeat(32);

test('a forgotten address is a keyed hash, which stays what it is', () => {
  const hashed = hashedAddress(key, 'kim@example.com');
  expect(hashed).toBe('hash:ff5Ms2AbeuK70ZavnsmFEZEkZtIbUioZmYaG3ExuxCk');
  expect(hashedAddress(key, hashed)).toBe(hashed);
  expect(hashedAddress('08'.repeat(32), 'kim@example.com')).not.toBe(hashed);
  expect(hashedAddress(key, 'lee@example.com')).not.toBe(hashed);
});

test.each(['kim@hash:', '+15125550100', 'hash'])('%s is not taken for a hash', (address) => {
  expect(hashedAddress(key, address)).toMatch(/^hash:[\w-]{43}$/);
});
