// Addresses between their text and their bytes on the wire; independent of the loader, which is under test.

const IPV6_GROUPS = 8;

export function isIpv6(address: string): boolean {
  return address.includes(':');
}

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

export function macText(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(':');
}

/** 4 bytes for IPv4, 16 for IPv6, network order. */
export function addressBytes(address: string): Buffer {
  if (!isIpv6(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = [...groupsOf(head)];
  if (tail !== undefined) {
    const rest = groupsOf(tail);
    while (groups.length + rest.length < IPV6_GROUPS) groups.push(0);
    groups.push(...rest);
  }
  const bytes = Buffer.alloc(16);
  groups.forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
  return bytes;
}

/** IPv6 in the form of RFC 5952: the longest run of two or more zero groups becomes `::`. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const buffer = Buffer.from(bytes);
  const groups = Array.from({ length: IPV6_GROUPS }, (_, index) => buffer.readUInt16BE(index * 2));
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map(group => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The 16 bytes that the maps have as key: IPv4 as ::ffff:a.b.c.d. */
export function mappedBytes(address: string): Buffer {
  const bytes = addressBytes(address);
  return bytes.length === 16 ? bytes : Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), bytes]);
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16));
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  });
  return best;
}
