// A pod that is registered again with the same values is answered again; with any other value it is refused.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { sameRegistration } from '../../../loader/agent/same-registration.ts';

const ADDRESSES = ['10.244.1.2', 'fd00:244:0:1::2'].map(parseAddr);
const SAME = {
  containerId: 'c1',
  ifname: 'eth0',
  hostInterface: 'hd1',
  mac: parseMac('02:00:00:00:00:01'),
  addresses: ADDRESSES,
  pod: { namespace: 'shop', name: 'web' },
};
const KNOWN = {
  ...{ containerId: 'c1', ifname: 'eth0', hostInterface: 'hd1', podMac: SAME.mac, addresses: ADDRESSES },
  ...{ pod: SAME.pod, podId: 1, mtu: 1450, bootId: 'b', createdAtMs: 0, phase: 'attached' as const },
};

t.test('the same values', t => {
  t.strictSame(sameRegistration(KNOWN, SAME), ADDRESSES);
  t.strictSame(
    sameRegistration(KNOWN, { ...SAME, addresses: [] }),
    ADDRESSES,
    'it may leave the addresses to us',
  );
  t.strictSame(
    sameRegistration(KNOWN, { ...SAME, addresses: ADDRESSES.slice(1) }),
    ADDRESSES,
    'or name some',
  );
  t.end();
});

const others: readonly [string, Partial<typeof SAME>][] = [
  ['device', { hostInterface: 'hd2' }],
  ['MAC', { mac: parseMac('02:00:00:00:00:02') }],
  ['namespace', { pod: { namespace: 'bank', name: 'web' } }],
  ['name', { pod: { namespace: 'shop', name: 'db' } }],
  ['address', { addresses: [parseAddr('10.244.1.3')] }],
];

for (const [what, values] of others)
  t.test(`another ${what}`, t => {
    t.throws(() => sameRegistration(KNOWN, { ...SAME, ...values }), {
      code: 'ENDPOINT_EXISTS',
      message: /container c1 is registered with other values: unregister it first/,
    });
    t.end();
  });
