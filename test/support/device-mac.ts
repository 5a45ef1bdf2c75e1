// Devices of a namespace, from iproute2.
import { mustExec } from './lab.ts';

interface Namespace {
  readonly netns: string;
}

/** MAC of a device. */
export async function macOf(party: Namespace, device: string): Promise<string> {
  return (await linkOf(party, device)).address;
}

/** The device by which a namespace reaches an address. */
export async function deviceTowards(
  party: Namespace,
  address: string,
): Promise<{ readonly name: string; readonly ifindex: number }> {
  const [route] = JSON.parse(await mustExec(party, 'ip', '-j', 'route', 'get', address)) as [{ dev: string }];
  return { name: route.dev, ifindex: (await linkOf(party, route.dev)).ifindex };
}

interface IpLink {
  readonly ifindex: number;
  readonly address: string;
}

async function linkOf(party: Namespace, device: string): Promise<IpLink> {
  const [link] = JSON.parse(await mustExec(party, 'ip', '-j', 'link', 'show', device)) as [IpLink];
  return link;
}
