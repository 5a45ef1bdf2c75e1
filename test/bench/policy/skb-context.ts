// The context of a test run on a device.
import { contextBytes } from '../../support/bpf/context.ts';

export function skbContextOf(ifindex: number): Buffer {
  return contextBytes('pod_tx', Buffer.alloc(0), { ifindex });
}
