import { DEVICE, FAMILIES, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fromPod } from './pod.ts';

/** What the host's stack may translate or answer is left to it, and remembered as such. */
export const podTxHost: Table = {
  hook: 'pod_tx',
  title: 'a packet to the node or to the outside goes to the host, and its answer comes back that way',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(rowsOf),
};

const TO = ['host', 'own', 'outside', 'overlayNode', 'overlayHost', 'directNode'] as const;

function rowsOf(view: View): Row[] {
  const { family, pod, outside } = view;
  return [
    ...TO.map(to => ({
      name: `${family}: to ${to}`,
      sent: fromPod(view, view[to]).udp(4000, 53, 'q'),
      verdict: 'PASS_HOST',
    })),
    {
      name: `${family}: the answer's tuple is tracked, ports included`,
      sent: fromPod(view, outside).tcp(4000, 80),
      verdict: 'PASS_HOST',
      tracked: [`${end(outside, 80)} > ${end(pod, 4000)} HOST_PATH`],
    },
    {
      name: `${family}: an echo is tracked by its identifier`,
      sent: fromPod(view, outside).echo(77),
      verdict: 'PASS_HOST',
      tracked: [`${end(outside, 77)} > ${end(pod, 77)} HOST_PATH`],
    },
  ];
}

function end(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
