// Addresses and prefixes in the plainest way: numbers of 32 and of 128 bits, which never meet.

interface Numbered {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[] | undefined;
}

export function isInBlock({ cidr, except }: IpBlock, address: string): boolean {
  return isInCidr(cidr, address) && !(except ?? []).some(hole => isInCidr(hole, address));
}

export function isInCidr(cidr: string, address: string): boolean {
  const [base = '', length = ''] = unmapped(cidr).split('/');
  const [network, host] = [numberOf(base), numberOf(address)];
  if (network.bits !== host.bits) return false;
  const hostBits = BigInt(network.bits - Number(length));
  return network.value >> hostBits === host.value >> hostBits;
}

/** "::ffff:10.0.0.0/104" is 10.0.0.0/8 to Go's net.IPNet; with fewer than 96 bits it is a prefix of IPv6. */
function unmapped(cidr: string): string {
  const [, base, length = ''] = /^::ffff:([0-9.]+)\/(\d+)$/i.exec(cidr) ?? [];
  return base !== undefined && Number(length) >= 96 ? `${base}/${Number(length) - 96}` : cidr;
}

function numberOf(address: string): Numbered {
  if (!address.includes(':')) return { bits: 32, value: join(address.split('.').map(Number), 8n) };
  const [head = '', tail] = address.split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return { bits: 128, value: join([...left, ...zeros, ...right], 16n) };
}

/** Of one side of '::'; the last 32 bits may be written as IPv4. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function join(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | BigInt(part), 0n);
}
