// Runs pinned programs over the packet of a trace, and gathers what they tell of it.
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
  /** Path of the node's network namespace; absent: this process's own. */
  readonly netns?: string | undefined;
}

/** What a program finds beside the packet. */
export interface TraceHook {
  readonly hook: HookName;
  readonly frame: Buffer;
  readonly ifindex?: number;
  readonly ingressIfindex?: number;
  /** Of netfilter's hook. */
  readonly isV4?: boolean;
}

export interface TraceSession {
  readonly maps: MapSet;
  readonly nonce: Uint8Array;
  readonly steps: TraceStep[];
  /** Undefined when that program is not loaded. */
  run(hook: TraceHook): VerdictName | undefined;
}

/** From here to its end the datapath knows the nonce. Nothing in between waits, so that nothing can leave it there. */
export function withTraceSession<T>(hub: EventHub, place: TracePlace, use: (session: TraceSession) => T): T {
  const told: Event[] = [];
  const unlisten = hub.listen({
    wants: 0n,
    hasRoom: () => true,
    take: events => told.push(...events.filter(({ kind }) => kind === EventKind.TRACE)),
    lose: () => undefined,
  });
  try {
    const { maps } = hub;
    if (maps === undefined) throw new HeddleError('INTERNAL', 'the event ring was closed');
    const steps: TraceStep[] = [];
    const run = (hook: TraceHook): VerdictName | undefined => {
      hub.consume();
      told.length = 0;
      if (!runPinned(place, hook)) return undefined;
      hub.consume();
      steps.push(...told.map(event => traceStep(maps, event)));
      return lastVerdict(hook.hook, told);
    };
    return withNonce(maps, nonce => use({ maps, nonce, steps, run }));
  } finally {
    unlisten();
  }
}

function withNonce<T>(maps: MapSet, use: (nonce: Uint8Array) => T): T {
  const nonce = randomBytes(16);
  nonce[0] = (nonce[0] ?? 0) | 1; // a first half of zero would say that no trace is under way
  changeControl(maps.hd_control, { nonce: [nonce.readBigUInt64LE(0), nonce.readBigUInt64LE(8)] });
  try {
    return use(nonce);
  } finally {
    changeControl(maps.hd_control, { nonce: [0n, 0n] });
  }
}

function lastVerdict(hook: HookName, told: readonly Event[]): VerdictName {
  const last = told.filter(({ stage }) => stage === EventStage.STAGE_VERDICT).at(-1);
  if (last !== undefined) return verdictName(last.verdict);
  const text = `${hook} did not tell of the traced packet: its ring is full of other events, try again`;
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

/** struct nf_hook_state: a test run takes its first two members. */
const HOOK_STATE_BYTES = 48;
const NF_INET: Readonly<Record<NetfilterHook, number>> = { input: 1, forward: 2, postrouting: 4 };
const NFPROTO = { ipv4: 2, ipv6: 10 } as const;

function netfilterContext(hook: NetfilterHook, isV4: boolean): Uint8Array {
  const bytes = new Uint8Array(HOOK_STATE_BYTES);
  bytes[0] = NF_INET[hook];
  bytes[1] = isV4 ? NFPROTO.ipv4 : NFPROTO.ipv6;
  return bytes;
}
