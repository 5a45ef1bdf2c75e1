// What stands at the other end of a flood, and what keeps the flooding pod's own kernel from spoiling it.
import type { LabPod } from '../../../lab/lab.ts';
import { addressOf, mustExec } from '../../support/lab.ts';
import type { Probe } from '../../support/probe/probe.ts';

export interface FloodEnds {
  readonly probe: Probe;
  readonly from: LabPod;
  readonly to: LabPod;
  readonly ports: readonly number[];
}

/** Ready when it settles; what it answers undoes it. */
export type FloodedEnd = (ends: FloodEnds) => Promise<() => Promise<unknown>>;

/** Servers go with the probe. */
const nothing = (): Promise<void> => Promise.resolve();

export const answerDatagrams: FloodedEnd = async ends => {
  await ends.probe.serve(listenersOf(ends, 'UDP'));
  return nothing;
};

export const dropSyns: FloodedEnd = ({ to, ports }) =>
  filter(to, 'input', `tcp dport { ${ports.join(', ')} } drop`);

/** The sender has no socket for the SYN-ACK, and would answer it with RST. */
export const answerSyns: FloodedEnd = async ends => {
  await ends.probe.serve(listenersOf(ends, 'TCP'));
  return filter(ends.from, 'output', `tcp dport { ${ends.ports.join(', ')} } tcp flags & rst != 0 drop`);
};

/** Neither end sends data after the handshake. */
export const finishHandshakes: FloodedEnd = async ends => {
  for (const listener of listenersOf(ends, 'TCP')) ends.probe.hush(listener, false);
  await ends.probe.serve([]);
  return nothing;
};

/** The sender's FIN is acknowledged, and there is none in return. */
export const neverClose: FloodedEnd = async ends => {
  for (const listener of listenersOf(ends, 'TCP')) ends.probe.hush(listener, true);
  await ends.probe.serve([]);
  return nothing;
};

function listenersOf<P extends 'TCP' | 'UDP'>({ to, ports }: FloodEnds, protocol: P) {
  return ports.map(port => ({ netns: to.netns, protocol, address: addressOf(to, 'ipv4'), port }));
}

const TABLE = 'inet chaos';

async function filter(pod: LabPod, hook: 'input' | 'output', rule: string): Promise<() => Promise<unknown>> {
  const chain = `chain c { type filter hook ${hook} priority 0; ${rule}; }`;
  await mustExec(pod, 'nft', `table ${TABLE} { ${chain}; }`);
  return () => mustExec(pod, 'nft', `delete table ${TABLE}`);
}
