import { describe, expect, test } from 'vitest';
import { addressSet, clientAddress, limitKey, plainAddress } from '../../src/server/client-address.ts';

const trusted = addressSet(['10.0.0.0/8', '127.0.0.1', '2001:db8:1::/48']);

describe('the client', () => {
  test.each<[string, string, string | undefined, string]>([
    ['the peer, where nobody passes on', '192.0.2.1', undefined, '192.0.2.1'],
    ['the peer, where it is no trusted proxy', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['whom a trusted proxy tells', '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    [
      'the right-most stranger, not what the client wrote',
      '10.1.2.3',
      '1.1.1.1, 198.51.100.7',
      '198.51.100.7',
    ],
    ['before several proxies', '127.0.0.1', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['with a port', '10.1.2.3', '198.51.100.7:4711', '198.51.100.7'],
    ['of IPv6', '10.1.2.3', '2001:db8:2::5', '2001:db8:2::5'],
    ['of IPv6 with a port', '10.1.2.3', '[2001:db8:2::5]:4711', '2001:db8:2::5'],
    ['of IPv4 written as IPv6', '10.1.2.3', '::ffff:198.51.100.7', '198.51.100.7'],
    ['behind a proxy of IPv6', '2001:db8:1::9', '198.51.100.7', '198.51.100.7'],
    ['the peer, where all are proxies', '10.1.2.3', '10.4.4.4', '10.1.2.3'],
    ['the peer, where the proxy tells nonsense', '10.1.2.3', '198.51.100.7, <script>', '10.1.2.3'],
    ['the peer, where the proxy tells nothing', '10.1.2.3', '', '10.1.2.3'],
  ])('%s', (_, peer, forwardedFor, client) => {
    expect(clientAddress(peer, forwardedFor, trusted)).toBe(client);
  });

  test('nobody is trusted where no proxy is named', () => {
    expect(clientAddress('127.0.0.1', '198.51.100.7', addressSet([]))).toBe('127.0.0.1');
  });
});

test('an IPv4 peer of an IPv6 socket is its IPv4 address', () => {
  expect(plainAddress('::ffff:127.0.0.1')).toBe('127.0.0.1');
  expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
});

test('a network of IPv6 is one client, however its addresses are written', () => {
  const keys = [
    '2001:db8:0:7::1',
    '2001:DB8:0:7:ffff:1:2:3',
    '2001:0db8:0000:0007::9',
    '2001:db8::7:0:0:0:1',
  ];
  expect(new Set(keys.map(limitKey))).toEqual(new Set(['2001:db8:0:7']));
  expect(limitKey('2001:db8:0:8::1')).not.toBe(limitKey('2001:db8:0:7::1'));
  expect(limitKey('192.0.2.1')).toBe('192.0.2.1');
});
