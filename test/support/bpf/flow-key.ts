// The order of a flow's ends in a key, as the programs have it: both directions are one entry.
import { endianness } from 'node:os';
import { mappedBytes } from '../packet/address.ts';

export interface FlowTuple {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const HALF_BYTES = 8;

/** Whether the ends stand in the order of keys already. */
export function isKeyOrder({ source, destination, sourcePort, destinationPort }: FlowTuple): boolean {
  const [a, b] = [words(source, sourcePort), words(destination, destinationPort)];
  const differing = a.findIndex((word, index) => word !== b[index]);
  return differing < 0 || (a[differing] ?? 0n) < (b[differing] ?? 0n);
}

export function reversed<T extends FlowTuple>(flow: T): T {
  const { source, destination, sourcePort, destinationPort } = flow;
  return {
    ...flow,
    ...{ source: destination, destination: source },
    ...{ sourcePort: destinationPort, destinationPort: sourcePort },
  };
}

/** Two halves of the address and the port, as this machine reads what is in wire order. */
function words(address: string, port: number): readonly bigint[] {
  const bytes = Buffer.from(mappedBytes(address));
  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16BE(port);
  return endianness() === 'LE'
    ? [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(HALF_BYTES), BigInt(portBytes.readUInt16LE())]
    : [bytes.readBigUInt64BE(0), bytes.readBigUInt64BE(HALF_BYTES), BigInt(port)];
}
