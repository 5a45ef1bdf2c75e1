// Devices of namespaces, from iproute2.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';

export interface Device {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: string;
  /** Of a veth: the index of its other end, in whatever namespace that is. */
  readonly peerIfindex: number | undefined;
}

interface LinkJson {
  readonly ifname: string;
  readonly ifindex: number;
  readonly address?: string;
  readonly link_index?: number;
}

export function devicesIn(netns: string): readonly Device[] {
  const text = execFileSync('ip', ['-n', basename(netns), '-j', 'link', 'show'], { encoding: 'utf8' });
  return (JSON.parse(text) as LinkJson[]).map(({ ifname, ifindex, address = '', link_index }) => ({
    ...{ name: ifname, ifindex, mac: address, peerIfindex: link_index },
  }));
}

export function deviceIn(netns: string, name: string): Device {
  const found = devicesIn(netns).find(device => device.name === name);
  if (found === undefined) throw new Error(`${netns} has no device ${name}`);
  return found;
}

/** The end in `netns` of the veth whose other end that is. */
export function otherEndIn(netns: string, device: Device): Device {
  const found = devicesIn(netns).find(({ ifindex, peerIfindex }) => {
    return ifindex === device.peerIfindex && peerIfindex === device.ifindex;
  });
  if (found === undefined) throw new Error(`${netns} has no other end of ${device.name}`);
  return found;
}

export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

export interface Traffic {
  readonly sent: Count;
  readonly received: Count;
}

/** A super-packet counts as one. */
export function trafficOf(netns: string, device: string): Traffic {
  const text = execFileSync('ip', ['-n', basename(netns), '-s', '-j', 'link', 'show', device], {
    encoding: 'utf8',
  });
  const [link] = JSON.parse(text) as { stats64: { tx: Count; rx: Count } }[];
  if (link === undefined) throw new Error(`${netns} has no device ${device}`);
  return { sent: link.stats64.tx, received: link.stats64.rx };
}
