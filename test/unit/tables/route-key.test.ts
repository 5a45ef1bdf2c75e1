// Prefixes on their way into the trie and back.
import { parseCidr } from 'ip';
import t from 'tap';
import { routeCidr, routeKey } from '../../../loader/tables/route-key.ts';

for (const text of ['10.1.0.0/24', '0.0.0.0/0', '192.0.2.1/32', 'fd00:1::/64', '::/0', 'fd00::1/128']) {
  t.equal(routeCidr(routeKey(1, parseCidr(text))), text, `${text} comes back as it went`);
}
t.equal(routeKey(1, parseCidr('10.1.0.0/24')).prefixBits, 32 + 96 + 24, 'IPv4 counts its mapped prefix');
t.equal(routeKey(1, parseCidr('fd00::/64')).prefixBits, 32 + 64, 'IPv6 counts the VNI and itself');
