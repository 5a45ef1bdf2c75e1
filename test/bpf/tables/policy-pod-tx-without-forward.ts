import { DEVICE, FAMILIES, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { admissionRows } from './admission.ts';
import { fromPod } from './pod.ts';

export const policyPodTxWithoutForward: Table = {
  hook: 'pod_tx',
  title: 'policy: without the forward hook, what a pod sends to the outside is evaluated as it sends it',
  context: { ifindex: DEVICE.pod },
  constants: { forward_hook: 0 },
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  return (['outside', 'overlayNode'] as const).flatMap(to =>
    admissionRows({
      ...{ what: `${view.family} to ${to}`, podId: POD_ID.pod, direction: 'egress', identity: IDENTITY[to] },
      sent: fromPod(view, view[to]).udp(4000, 53, 'q'),
      verdict: 'PASS_HOST',
    }),
  );
}
