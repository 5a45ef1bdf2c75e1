// Segments of one TCP connection between a pod's port and its peer's, with sequence numbers that fit.
import type { Step } from '../../support/bpf/story.ts';
import { trackedLine } from '../tables/flow.ts';
import { inward, outward, type Transport, type Way } from './way.ts';

export const CLIENT = 40_000;
export const SERVER = 80;

/** What each end begins with. */
export const CLIENT_ISN = 1_000_000;
export const SERVER_ISN = 5_000_000;
/** Of a connection whose handshake is over. */
export const OPEN = ['ASSURED', 'SEEN_REPLY'] as const;

/** What follows the handshake, unless told. */
interface Numbers {
  readonly sequence?: number;
  readonly acknowledgement?: number;
}

/** From the client, and its answer. */
export function asks(flags: string, numbers: Numbers = {}): Transport {
  const own = { sequence: CLIENT_ISN + Number(!flags.includes('SYN')), acknowledgement: SERVER_ISN + 1 };
  return ip => ip.tcp(CLIENT, SERVER, { ...own, ...numbers, flags });
}

export function answers(flags: string, numbers: Numbers = {}): Transport {
  const own = { sequence: SERVER_ISN + Number(!flags.includes('SYN')), acknowledgement: CLIENT_ISN + 1 };
  return ip => ip.tcp(SERVER, CLIENT, { ...own, ...numbers, flags });
}

/** Of a connection that the pod opened. */
export function podsLine({ view, far }: Way, ...flags: string[]): string {
  return trackedLine([view.pod, CLIENT], [far, SERVER], ...flags);
}

/** Of one that the other end opened, on the ports of the pod's. */
export function farLine({ view, far }: Way, ...flags: string[]): string {
  return trackedLine([far, SERVER], [view.pod, CLIENT], ...flags);
}

export function opened(way: Way): Step[] {
  return [outward(way, asks('SYN')), inward(way, answers('SYN ACK')), outward(way, asks('ACK'))];
}

export function ended(way: Way): Step[] {
  return [
    ...opened(way),
    outward(way, asks('FIN ACK')),
    inward(way, answers('FIN ACK')),
    outward(way, asks('ACK')),
  ];
}

export function reset(way: Way): Step[] {
  return [...opened(way), inward(way, answers('RST'))];
}
