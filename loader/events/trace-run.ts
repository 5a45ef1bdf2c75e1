// Runs pinned programs on the packet of a trace and collects the trace events that they emit.
import { randomBytes } from 'node:crypto';
import { skBuffContext, type Program } from 'libbpf-ts';
import { EventKind, EventStage, type Event } from '../abi/abi.gen.ts';
import type { HookName, VerdictName } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';
import { isNetfilterHook, type NetfilterHook } from '../programs/hook.ts';
import { openPinnedProgram } from '../programs/pinned-programs.ts';
import { HeddleError } from '../errors.ts';
import { changeControl } from '../tables/control.ts';
import type { EventHub } from './event-hub.ts';
import { traceStep, verdictName, type TraceStep } from './trace-report.ts';

export interface TracePlace {
  readonly pinRoot: string;
  /** Path of the node's network namespace; absent: the process's own. */
  readonly netns?: string | undefined;
}

/** Context of a program run, beside the packet. */
export interface TraceHook {
  readonly hook: HookName;
  readonly frame: Buffer;
  readonly ifindex?: number;
  readonly ingressIfindex?: number;
  /** Address family, for netfilter hooks. */
  readonly isV4?: boolean;
}

export interface TraceSession {
  readonly maps: MapSet;
  readonly nonce: Uint8Array;
  readonly steps: TraceStep[];
  /** Undefined if the program is not loaded. */
  run(hook: TraceHook): VerdictName | undefined;
}

/** Sets the nonce in hd_control while `use` runs. `use` is synchronous, so that the nonce is always cleared. */
export function withTraceSession<T>(hub: EventHub, place: TracePlace, use: (session: TraceSession) => T): T {
  const traced: Event[] = [];
  const unlisten = hub.listen({
    kindBits: 0n,
    hasCapacity: () => true,
    take: events => traced.push(...events.filter(({ kind }) => kind === EventKind.TRACE)),
    dropped: () => undefined,
  });
  try {
    const { maps } = hub;
    if (maps === undefined) throw new HeddleError('INTERNAL', 'the event ring was closed');
    const steps: TraceStep[] = [];
    const run = (hook: TraceHook): VerdictName | undefined => {
      hub.consume();
      traced.length = 0;
      if (!runPinned(place, hook)) return undefined;
      hub.consume();
      steps.push(...traced.map(event => traceStep(maps, event)));
      return lastVerdict(hook.hook, traced);
    };
    return withNonce(maps, nonce => use({ maps, nonce, steps, run }));
  } finally {
    unlisten();
  }
}

function withNonce<T>(maps: MapSet, use: (nonce: Uint8Array) => T): T {
  const nonce = randomBytes(16);
  nonce[0] = (nonce[0] ?? 0) | 1; // a first half of zero means that no trace runs
  changeControl(maps.hd_control, { nonce: [nonce.readBigUInt64LE(0), nonce.readBigUInt64LE(8)] });
  try {
    return use(nonce);
  } finally {
    changeControl(maps.hd_control, { nonce: [0n, 0n] });
  }
}

function lastVerdict(hook: HookName, events: readonly Event[]): VerdictName {
  const last = events.filter(({ stage }) => stage === EventStage.STAGE_VERDICT).at(-1);
  if (last !== undefined) return verdictName(last.verdict);
  const text = `${hook} emitted no event for the traced packet: its ring buffer is full of other events, try again`;
  throw new HeddleError('NOT_READY', text);
}

function runPinned({ pinRoot, netns }: TracePlace, hook: TraceHook): boolean {
  using program = openPinnedProgram(pinRoot, hook.hook);
  if (program === undefined) return false;
  runOnce(program, hook, netns);
  return true;
}

function runOnce(program: Program, hook: TraceHook, netns: string | undefined): void {
  const { frame, ifindex = 0, ingressIfindex = 0 } = hook;
  program.testRun({
    data: frame,
    context: isNetfilterHook(hook.hook)
      ? netfilterContext(hook.hook, hook.isV4 === true)
      : skBuffContext({ ifindex, ingressIfindex }),
    ...(netns !== undefined && { netns }),
  });
}

/** struct nf_hook_state: a test run reads its first two members. */
const HOOK_STATE_BYTES = 48;
const NF_INET: Readonly<Record<NetfilterHook, number>> = { input: 1, forward: 2, postrouting: 4 };
const NFPROTO = { ipv4: 2, ipv6: 10 } as const;

function netfilterContext(hook: NetfilterHook, isV4: boolean): Uint8Array {
  const bytes = new Uint8Array(HOOK_STATE_BYTES);
  bytes[0] = NF_INET[hook];
  bytes[1] = isV4 ? NFPROTO.ipv4 : NFPROTO.ipv6;
  return bytes;
}
