// Rows are what net.ParseCIDRSloppy and net.IPNet.Contains of Go answer (k8s.io/utils, fork of Go 1.16).
import t from 'tap';
import { parseAddrSloppy, parseCidrSloppy } from '../src/index.ts';

const cidrs: Readonly<Record<string, string | undefined>> = {
  '10.0.0.0/8': '10.0.0.0/8',
  '010.000.000.007/008': '10.0.0.0/8',
  '10.1.2.3/24': '10.1.2.0/24',
  '0010.1.2.3/32': '10.1.2.3/32',
  '10.08.09.1/32': '10.8.9.1/32',
  '10.1.2.3/0': '0.0.0.0/0',
  '::ffff:10.0.0.0/104': '10.0.0.0/8',
  '::ffff:10.1.2.3/128': '10.1.2.3/32',
  '::FFFF:0a00:1/96': '0.0.0.0/0',
  '::ffff:10.0.0.0/95': '::fffe:0:0/95',
  '::ffff:10.0.0.0/8': '::/8',
  '::ffff:010.001.0.0/112': '10.1.0.0/16',
  '2001:0db8:00000::1/032': '2001:db8::/32',
  '1:2:3:4:5:6:7:8/128': '1:2:3:4:5:6:7:8/128',
  '1:2:3:4:5:6:1.2.3.4/128': '1:2:3:4:5:6:102:304/128',
  '::/0': '::/0',
  '10.0.0.0': undefined,
  '10.0.0/8': undefined,
  '10.0.0.0/33': undefined,
  '10.0.0.0/+8': undefined,
  '10.0.0.0/ 8': undefined,
  '10.0.0.0/8/8': undefined,
  '10.0.0.256/8': undefined,
  '10.0.0.0x/8': undefined,
  '0x0a.0.0.0/8': undefined,
  '/8': undefined,
  '': undefined,
  'fe80::1%eth0/64': undefined,
  '1::2::3/64': undefined,
  '1:::2/64': undefined,
  ':1::/64': undefined,
  '1:2:3:4:5:6:7::8/64': undefined,
  '12345::/64': undefined,
  '1.2.3.4::/64': undefined,
};
for (const [text, expected] of Object.entries(cidrs))
  t.test(`'${text}' is ${expected ?? 'no prefix'}`, t => {
    t.equal(parseCidrSloppy(text), expected);
    t.end();
  });

t.test('addresses: leading zeros are decimal, mapped ones IPv4, and a zone is none', t => {
  t.equal(parseAddrSloppy('192.168.001.010'), '192.168.1.10');
  t.equal(parseAddrSloppy('::ffff:192.0.2.1'), '192.0.2.1');
  t.equal(parseAddrSloppy('2001:0DB8::00001'), '2001:db8::1');
  for (const text of ['fe80::1%eth0', 'node-a', '10.0.0', '10.0.0.1/32', ''])
    t.equal(parseAddrSloppy(text), undefined);
  t.end();
});
