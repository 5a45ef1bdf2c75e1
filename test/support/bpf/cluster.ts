// The cluster of the packet tables: seen from node 1, which has two pods; every remote node is reached another way.

/** Devices of node 1, made with these indexes in the test's own network namespace. */
export const DEVICE = {
  uplink: 10,
  wire: 11,
  overlay: 20,
  pod: 31,
  sibling: 32,
  stranger: 33,
  nic2: 40,
  wire2: 41,
} as const;

/** From the index of a pod's host-side veth to that of the pod's own end. */
export const FAR_OFFSET = 100;

export const VNI = 7;
export const VXLAN_PORT = 4789;
export const SOURCE_PORTS = { min: 49_152, max: 65_535 } as const;
export const TUNNEL_TTL = 64;
export const UPLINK_MTU = 1500;

export const MAC = {
  gateway: '02:00:00:00:00:01',
  overlay: '02:00:00:00:01:01',
  uplink: '02:00:00:00:02:01',
  nic2: '02:00:00:00:04:01',
  pod: '02:00:00:00:03:0a',
  sibling: '02:00:00:00:03:0b',
  remoteUplink: '02:00:00:00:02:02',
  remoteOverlay: '02:00:00:00:01:02',
  directUplink: '02:00:00:00:02:03',
  router: '02:00:00:00:02:fe',
  stranger: '02:00:00:00:09:09',
  broadcast: 'ff:ff:ff:ff:ff:ff',
} as const;

/** Numbers of the nodes in hd_node. */
export const NODE = { own: 1, overlay: 2, direct: 3, farOverlay: 4, farDirect: 5, overlay6: 6 } as const;

/** Pod ids of node 1. */
export const POD_ID = { pod: 1, sibling: 2 } as const;

/** Policy generation: bank 0 is active. */
export const GENERATION = 2;

/** Every address that the tables speak of, in one family. */
export interface View {
  readonly family: 'ipv4' | 'ipv6';
  readonly pod: string;
  readonly sibling: string;
  /** An unassigned address in node 1's pod CIDR. */
  readonly nobody: string;
  /** heddle0 of node 1. */
  readonly host: string;
  /** The pods' gateway, a link-local address. */
  readonly gateway: string;
  /** Underlay addresses: node 1's, then those of the nodes named by how they are reached. */
  readonly own: string;
  readonly overlayNode: string;
  readonly directNode: string;
  readonly farOverlayNode: string;
  readonly farDirectNode: string;
  /** heddle0 of the overlay node. */
  readonly overlayHost: string;
  readonly remotePod: string;
  readonly directPod: string;
  /** Behind a router: encapsulated, plain. */
  readonly farPod: string;
  readonly farDirectPod: string;
  /** On the node whose tunnel runs over IPv6. */
  readonly pod6: string;
  /** A host that is no node. */
  readonly outside: string;
  /** On the underlay's subnet, and no node. */
  readonly stranger: string;
  readonly multicast: string;
}

export const IPV4: View = {
  family: 'ipv4',
  pod: '10.1.0.10',
  sibling: '10.1.0.11',
  nobody: '10.1.0.99',
  host: '10.1.0.1',
  gateway: '169.254.1.1',
  own: '192.0.2.1',
  overlayNode: '192.0.2.2',
  directNode: '192.0.2.3',
  farOverlayNode: '203.0.113.4',
  farDirectNode: '203.0.113.5',
  overlayHost: '10.2.0.1',
  remotePod: '10.2.0.10',
  directPod: '10.3.0.10',
  farPod: '10.4.0.10',
  farDirectPod: '10.5.0.10',
  pod6: '10.6.0.10',
  outside: '198.51.100.80',
  stranger: '192.0.2.99',
  multicast: '239.1.2.3',
};

export const IPV6: View = {
  family: 'ipv6',
  pod: 'fd00:1::10',
  sibling: 'fd00:1::11',
  nobody: 'fd00:1::99',
  host: 'fd00:1::1',
  gateway: 'fe80::1',
  own: '2001:db8::1',
  overlayNode: '2001:db8::2',
  directNode: '2001:db8::3',
  farOverlayNode: '2001:db8:f::4',
  farDirectNode: '2001:db8:f::5',
  overlayHost: 'fd00:2::1',
  remotePod: 'fd00:2::10',
  directPod: 'fd00:3::10',
  farPod: 'fd00:4::10',
  farDirectPod: 'fd00:5::10',
  pod6: 'fd00:6::10',
  outside: '2001:db8:80::80',
  stranger: '2001:db8::99',
  multicast: 'ff0e::123',
};

export const FAMILIES = [IPV4, IPV6] as const;

/** The overlay6 node has an underlay address of this family only. */
export const OVERLAY6_NODE = '2001:db8::6';
