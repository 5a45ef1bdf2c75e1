// Tracked flows as the tables give and expect them.
import type { GivenFlow } from '../../support/bpf/given.ts';

const UDP = 17;

export type End = readonly [address: string, port: number];

/** A UDP flow from `originator` to `responder`. */
export function flow(originator: End, responder: End, ...flags: string[]): GivenFlow {
  const [source, sourcePort] = originator;
  const [destination, destinationPort] = responder;
  return {
    ...{ source, destination, protocol: UDP, sourcePort, destinationPort },
    flags: flags.map(flag => `CT_${flag}`),
  };
}

/** The same flow, after so many packets of its originator and of its responder. */
export function ofEach(flow: GivenFlow, originator: number, responder: number): GivenFlow {
  return { ...flow, packets: [originator, responder] };
}

/** The same, of which netfilter has seen the question: the answer is its, too. */
export function hostPath(originator: End, responder: End): GivenFlow {
  return flow(originator, responder, 'VIA_STACK_REPLY');
}

/** One line of what is tracked. */
export function trackedLine(originator: End, responder: End, ...flags: string[]): string {
  return [end(originator), '>', end(responder), ...flags.toSorted()].join(' ');
}

function end([address, port]: End): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
