// Nodes with annotations as flannel writes them, for the tests of what they come to.
import t from 'tap';
import { flannelAnnotationsOf } from '../../../loader/model/flannel-annotations.ts';
import { FlannelPeers, type FlannelSettings } from '../../../loader/model/flannel-peers.ts';
import type { NodeObject } from '../../../loader/model/objects.ts';
import { NODES } from './cluster.ts';

export const PREFIX = 'flannel.alpha.coreos.com';
export const SETTINGS: FlannelSettings = {
  nodeName: 'a',
  prefix: PREFIX,
  tunnel: { vni: 7, encapsulation: 'always' },
};
export const [MAC4, MAC6] = ['02:aa:00:00:00:04', '02:aa:00:00:00:06'];

/** As flannel writes them in a cluster of IPv4. */
export const WRITTEN = {
  'kube-subnet-manager': 'true',
  'backend-type': 'vxlan',
  'backend-data': `{"VNI":7,"VtepMAC":"${MAC4}"}`,
  'backend-v6-data': 'null',
  'public-ip': '192.0.2.2',
};

export type Texts = Readonly<Record<string, string | undefined>>;

export function withAnnotations(base: NodeObject, texts: Texts, prefix = `${PREFIX}/`): NodeObject {
  const entries = Object.entries(texts).filter((one): one is [string, string] => one[1] !== undefined);
  return {
    ...base,
    ...flannelAnnotationsOf(Object.fromEntries(entries.map(([name, text]) => [`${prefix}${name}`, text]))),
  };
}

export const [A, B, C] = NODES as readonly [NodeObject, NodeObject, NodeObject];

/** Of node b, beside a and c as they are. */
export function read(texts: Texts, settings: Partial<FlannelSettings> = {}, base: NodeObject = B) {
  const nodes = new Map([A, withAnnotations(base, texts), C].map(one => [one.name, one]));
  const { nodes: peers, problems } = new FlannelPeers({ ...SETTINGS, ...settings }).of(nodes);
  const b = peers.get('b') ?? base;
  t.equal(b.flannelAnnotations, undefined);
  t.equal(peers.get('a'), A, 'others are the same objects');
  return { b, problems };
}
