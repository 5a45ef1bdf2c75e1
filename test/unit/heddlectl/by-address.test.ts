// Addresses stand in the order of their values, IPv4 first.
import { parseAddr } from 'ip';
import t from 'tap';
import { byAddress } from '../../../cmd/heddlectl/output/by-address.ts';

t.test('10.0.0.9 comes before 10.0.0.10, and both before any IPv6 address', t => {
  const texts = ['fd00::10', '10.0.0.10', 'fd00::9', '::1', '10.0.0.9'];
  const sorted = byAddress(texts.map(parseAddr), addr => addr);
  t.strictSame(sorted, ['10.0.0.9', '10.0.0.10', '::1', 'fd00::9', 'fd00::10']);
  t.end();
});
