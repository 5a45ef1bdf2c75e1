// The annotations by which flannel's nodes find each other (flannel: pkg/subnet/kube), read and written.
import { type Addr, familyOf, type Family, type Mac, parseMac, tryParseAddr } from 'ip';
import type { NodeObject } from './objects.ts';
import { specialName } from './special-addresses.ts';

export interface FlannelNames {
  /** 'true': flannel's nodes send to this one. */
  readonly managed: string;
  readonly backendType: string;
  readonly families: Readonly<Record<Family, FamilyNames>>;
}

interface FamilyNames {
  /** JSON of the VTEP. */
  readonly data: string;
  /** Where flannel's nodes send to. */
  readonly publicIp: string;
  /** An operator's: flannel copies it into the former. */
  readonly overwrite: string;
}

/** Every name that flannel writes has one of these ends, whatever its prefix is. */
const ENDS = /[-/](kube-subnet-manager|backend-type|backend(-v6)?-data|public-ip(v6)?(-overwrite)?)$/;

/** Text of a family that a node does not have. */
export const NO_VTEP = 'null';

/** Those that may be flannel's; none for most Nodes. */
export function flannelAnnotationsOf(
  annotations: Readonly<Record<string, string>>,
): Pick<NodeObject, 'flannelAnnotations'> {
  const found = Object.entries(annotations).filter(([name]) => ENDS.test(name));
  return found.length === 0 ? {} : { flannelAnnotations: Object.fromEntries(found) };
}

/** `prefix` as flannel's option --kube-annotation-prefix takes it: 'a.b', 'a.b/', 'a.b/c' and 'a.b/c-'. */
export function flannelNames(prefix: string): FlannelNames {
  const start = prefix.includes('/') ? prefix : `${prefix}/`;
  const full = /[-/]$/.test(start) ? start : `${start}-`;
  const family = (data: string, publicIp: string): FamilyNames => ({
    data: `${full}${data}`,
    publicIp: `${full}${publicIp}`,
    overwrite: `${full}${publicIp}-overwrite`,
  });
  return {
    managed: `${full}kube-subnet-manager`,
    backendType: `${full}backend-type`,
    families: { ipv4: family('backend-data', 'public-ip'), ipv6: family('backend-v6-data', 'public-ipv6') },
  };
}

export interface FlannelVtep {
  /** Absent in what flannel wrote before 0.12. */
  readonly vni?: number;
  readonly mac: Mac;
  /** Names that are written otherwise than flannel writes them. */
  readonly odd: readonly string[];
}

/** As Go writes and reads it: names are compared without regard to case. */
const FIELDS = ['VNI', 'VtepMAC'] as const;

/** Undefined: the family has none. Throws `RangeError` with what is wrong, as the end of a sentence. */
export function parseVtep(text: string | undefined): FlannelVtep | undefined {
  if (text === undefined || text.trim() === '' || text.trim() === NO_VTEP) return undefined;
  const data = fieldsOf(text);
  const named = FIELDS.map(name => {
    const key = Object.keys(data).find(each => each.toLowerCase() === name.toLowerCase());
    return { name, key, value: key === undefined ? undefined : data[key] };
  });
  const [vni, mac] = named.map(({ value }) => value);
  if (typeof mac !== 'string') throw new RangeError(`has no VtepMAC: ${text}`);
  const odd = named.flatMap(({ name, key }) => (key === undefined || key === name ? [] : [key]));
  return { ...(typeof vni === 'number' && { vni }), mac: unicastMac(mac), odd };
}

export function vtepText(vni: number, mac: Mac): string {
  return JSON.stringify({ VNI: vni, VtepMAC: mac });
}

/** An address that another node can send to, of that family. */
export function publicAddress(text: string | undefined, family: Family): Addr | undefined {
  const addr = text === undefined ? undefined : tryParseAddr(text);
  if (addr === undefined || familyOf(addr) !== family) return undefined;
  return specialName(addr) === undefined ? addr : undefined;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const value = jsonOf(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new RangeError(`is not a JSON object: ${text}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // as any other text that is not an object
  }
}

/** The lowest bit of the first byte marks a group (IEEE 802). */
function unicastMac(text: string): Mac {
  const mac = parseMac(text);
  if (parseInt(mac.slice(0, 2), 16) % 2 === 1 || mac === '00:00:00:00:00:00')
    throw new RangeError(`names ${mac}, which is not the MAC of a device`);
  return mac;
}
