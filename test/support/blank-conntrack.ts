// An entry of conntrack of which nothing is known yet.
import type { Addr } from 'ip';
import type { CtEntry } from '../../loader/abi/abi.gen.ts';

const NOTHING_SENT = { sequence: 0, acknowledged: 0 };

export const BLANK_CONNTRACK: CtEntry = {
  ...{ seenNs: 0n, createdNs: 0n, flags: 0, nodeId: 0 },
  ...{ sourceGeneration: 0, destinationGeneration: 0, sourceRule: 0, destinationRule: 0 },
  ...{
    slot: 0,
    handshakeAck: 0,
    reopeningAck: 0,
    sourceEnd: NOTHING_SENT,
    destinationEnd: NOTHING_SENT,
  },
  ...{ sourcePackets: 0, destinationPackets: 0, backend: '::' as Addr, backendPort: 0 },
  ...{ frontend: '::' as Addr, frontendPort: 0, translatedPort: 0, serviceId: 0 },
};
