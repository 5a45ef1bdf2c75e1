// Odd annotations of flannel's, and what each costs. The kind: a peer's own word about itself is wrong. Other nodes go on, and a
// sentence names node, annotation and value.
import t from 'tap';
import type { FlannelSettings } from '../../../loader/model/flannel-peers.ts';
import { B, MAC4, PREFIX, read, WRITTEN, type Texts } from './flannel-nodes.ts';

interface Odd {
  readonly what: string;
  readonly texts: Texts;
  readonly problem: RegExp;
  /** What is left of it. */
  readonly left?: object;
  readonly settings?: Partial<FlannelSettings>;
}

const DATA = `annotation ${PREFIX}/backend-data`;
const ODD: readonly Odd[] = [
  ...[
    ['{"VNI":7,', /is not a JSON object: \{"VNI":7,: end flannel there/],
    ['[]', /is not a JSON object: \[\]/],
    ['7', /is not a JSON object: 7/],
    ['{"VNI":7}', /has no VtepMAC: \{"VNI":7\}/],
    ['{"VNI":7,"VtepMAC":5}', /has no VtepMAC/],
    ['{"VNI":7,"VtepMAC":"02:aa"}', /'02:aa' is not a MAC address/],
    ['{"VNI":7,"VtepMAC":"01:00:5e:00:00:01"}', /names 01:00:5e:00:00:01, which is not the MAC of a device/],
    ['{"VNI":7,"VtepMAC":"00:00:00:00:00:00"}', /names 00:00:00:00:00:00, which is not the MAC of a device/],
  ].map(([data, reason]) => ({
    what: `backend-data ${String(data)}`,
    texts: { ...WRITTEN, 'backend-data': String(data) },
    problem: new RegExp(`^node b: ${DATA} ${(reason as RegExp).source}`),
    left: { internalAddresses: ['192.0.2.2', '2001:db8::2'] },
  })),
  {
    what: 'names in lower case, as Go reads them, too',
    texts: { ...WRITTEN, 'backend-data': `{"vni":7,"vtepmac":"${MAC4}"}` },
    problem: new RegExp(`^node b: ${DATA} has vni and vtepmac: flannel writes VNI and VtepMAC`),
    left: { flannelVteps: { ipv4: MAC4 } },
  },
  {
    what: 'another VNI',
    texts: { ...WRITTEN, 'backend-data': `{"VNI":1,"VtepMAC":"${MAC4}"}` },
    problem: /has VNI 1, and this node 7: set tunnel\.vni to 1/,
    left: { flannelVteps: { ipv4: MAC4 } },
  },
  ...['wireguard', 'udp', 'ipsec', 'alloc', ''].map(type => ({
    what: `backend '${type}'`,
    texts: { ...WRITTEN, 'backend-type': type },
    problem: /its pods are not reached before it runs Heddle/,
    left: B,
  })),
  {
    what: 'host-gw, where this node encapsulates',
    texts: { ...WRITTEN, 'backend-type': 'host-gw', 'backend-data': 'null' },
    problem: /^node b: flannel routes plainly there \(host-gw\).*set tunnel\.encapsulation to never/,
    left: { tunnelAddresses: ['192.0.2.2'] },
  },
  {
    what: 'vxlan, where this node routes plainly',
    texts: WRITTEN,
    problem: /^node b: flannel encapsulates there \(vxlan\).*set tunnel\.encapsulation to always/,
    settings: { tunnel: { vni: 7, encapsulation: 'never' } },
  },
  ...['', 'x', '0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '169.254.1.1', '2001:db8::2'].map(
    address => ({
      what: `public-ip '${address}'`,
      texts: { ...WRITTEN, 'public-ip': address },
      problem: new RegExp(
        `^node b: annotation ${PREFIX}/public-ip has '${address}', which is not an address to send to: 192\\.0\\.2\\.2 is used`,
      ),
      left: { flannelVteps: { ipv4: MAC4 }, tunnelAddresses: [] },
    }),
  ),
  {
    what: 'no VTEP at all',
    texts: { ...WRITTEN, 'backend-data': undefined },
    problem: /names no VTEP, so nothing reaches its pods/,
  },
];

for (const { what, texts, problem, left, settings } of ODD)
  t.test(`odd: ${what}`, t => {
    const { b, problems } = read(texts, settings);
    t.equal(problems.length, 1, problems.join('; '));
    t.match(problems[0], problem);
    if (left !== undefined) t.match(b, left);
    t.end();
  });
