// A trace without the daemon: this process runs the pinned programs, and reads the event ring meanwhile.
import { EventHub } from '../../../loader/events/event-hub.ts';
import { traceNode } from '../../../loader/events/trace-node.ts';
import { trace, type TraceRequest } from '../../../loader/events/trace.ts';
import type { TraceReport } from '../../../loader/events/trace-report.ts';
import { requireConfig, type Target } from '../invocation/target.ts';

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals are deferred until the nonce has been removed from hd_control. */
export function traceDirectly(target: Target, request: TraceRequest): TraceReport {
  const node = traceNode(requireConfig(target, 'trace'), target.netns);
  using hub = new EventHub(target.pinRoot);
  const defer = (): void => undefined;
  for (const signal of ENDING_SIGNALS) process.on(signal, defer);
  try {
    return trace(hub, node, request);
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, defer);
  }
}
