// A trace without the daemon: this process runs the pinned programs itself, and is the ring's reader meanwhile.
import { EventHub } from '../../../loader/events/event-hub.ts';
import { traceNode } from '../../../loader/events/trace-node.ts';
import { trace, type TraceRequest } from '../../../loader/events/trace.ts';
import type { TraceReport } from '../../../loader/events/trace-report.ts';
import { requireConfig, type Target } from '../invocation/target.ts';

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that arrives meanwhile is told only when the nonce is out of hd_control again. */
export function traceDirectly(target: Target, request: TraceRequest): TraceReport {
  const node = traceNode(requireConfig(target, 'trace'), target.netns);
  using hub = new EventHub(target.pinRoot);
  const wait = (): void => undefined;
  for (const signal of ENDING_SIGNALS) process.on(signal, wait);
  try {
    return trace(hub, node, request);
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, wait);
  }
}
