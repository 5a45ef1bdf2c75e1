// Why libbpf could not attach: its own sentence, and what the machine lacks where that is known.
import { existsSync } from 'node:fs';
import { BpfError, unsupported } from './errors.ts';
import { libbpfError } from './verifier-log.ts';

const TRACEFS = ['/sys/kernel/tracing/events', '/sys/kernel/debug/tracing/events'];
const KPROBES = '/sys/bus/event_source/devices/kprobe';

export const NO_TARGET =
  'its section does not say where to: use the attach… method of its kind (attachTcx, attachXdp, attachKprobe …)';

export function attachError(errno: number, operation: string, subject: string, said: string): BpfError {
  const error = libbpfError(errno, operation, subject, said);
  if (error.code === 'ENOTSUP' && operation === 'attach') {
    return new BpfError('ENOTSUP', operation, subject, { text: NO_TARGET, log: error.log });
  }
  if (operation === 'attach tracepoint' || /tracepoint '/.test(said)) return withTracefs(error);
  if (error.code === 'ENOENT' && / kprobe '/.test(said) && !existsSync(KPROBES)) {
    return unsupported(operation, subject, { name: 'kprobes: it was built without CONFIG_KPROBES' });
  }
  return error;
}

/** Where tracefs is not mounted, no tracepoint is found by its name. */
function withTracefs(error: BpfError): BpfError {
  if (TRACEFS.some(folder => existsSync(folder))) return error;
  const text =
    'tracefs, which has the numbers of tracepoints, is not mounted: mount -t tracefs tracefs /sys/kernel/tracing';
  return new BpfError('ENOENT', error.operation, error.subject, { text, log: error.log });
}
