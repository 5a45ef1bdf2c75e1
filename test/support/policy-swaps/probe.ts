// Runs packets through the loaded programs while another process swaps policy, and checks that each verdict is of one world.
import { parseAddr } from 'ip';
import { codecOf, decodeRecords, mapById, programById, RingBuffer, type Program } from 'libbpf-ts';
import { eventLayout, Verdict, type CtEntry, type Event } from '../../../loader/abi/abi.gen.ts';
import { NAMED_CODECS } from '../../../loader/abi/codecs.ts';
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { typedMap, type AbiBpfMap } from '../../../loader/abi/map-set.ts';
import { actionName } from '../bpf/action.ts';
import { contextBytes } from '../bpf/context.ts';
import { isKeyOrder, reversed } from '../bpf/flow-key.ts';
import { IFINDEX, VNI } from '../bpf/policy-node.ts';
import { frameOf, HOOK, openTalks, PAYLOAD, PORT, type Expectation, type Talk } from './talks.ts';
import { podIdOf, WORLDS } from './worlds.ts';
import { isNetfilterHook } from '../../../loader/programs/hook.ts';

/** Names by which the process that has loaded them shows them to another. */
export interface KernelIds {
  readonly programs: Readonly<Partial<Record<HookName, number>>>;
  readonly control: number;
  readonly events: number;
  readonly unanswered: number;
  /** Of world 0; each swap adds one. */
  readonly generation: string;
}

export interface Tally {
  allowed: number;
  denied: number;
}

export interface ProbeReport {
  readonly packets: number;
  /** Met by a swap on their way. */
  readonly inBetween: number;
  readonly talks: Readonly<Record<string, Tally>>;
  /** The first ones, in words. */
  readonly faults: readonly string[];
}

const UDP = 17;
/** Of the flow that is always the same one, and of the new ones. */
const PORTS = { old: 5_000, first: 10_000, last: 60_000 } as const;
/** Header and payload of the innermost datagram. */
const UDP_BYTES = 8 + PAYLOAD.length;
const MAX_FAULTS = 20;
const eventCodec = codecOf<Event>(eventLayout, NAMED_CODECS);

export class Probe {
  readonly #talks = openTalks();
  readonly #programs: ReadonlyMap<HookName, Program>;
  readonly #control: AbiBpfMap<'hd_control'>;
  readonly #unanswered: AbiBpfMap<'hd_ct_unassured'>;
  readonly #ring: RingBuffer;
  readonly #generation: bigint;
  readonly #report = { packets: 0, inBetween: 0, talks: {} as Record<string, Tally>, faults: [] as string[] };
  readonly #frames = new Map<Talk, Buffer>();
  #events: Event[] = [];
  #port: number = PORTS.first;

  constructor(ids: KernelIds) {
    const programs = Object.entries(ids.programs) as [HookName, number][];
    this.#programs = new Map(programs.map(([hook, id]) => [hook, programById(id)]));
    this.#control = typedMap('hd_control', mapById(ids.control));
    this.#unanswered = typedMap('hd_ct_unassured', mapById(ids.unanswered));
    this.#generation = BigInt(ids.generation);
    this.#ring = new RingBuffer(mapById(ids.events), records => {
      this.#events.push(...decodeRecords(records, eventCodec));
    }).unref();
  }

  get report(): ProbeReport {
    return this.#report;
  }

  /** One packet of the known flow and one of a new flow in each conversation. */
  round(): void {
    for (const talk of this.#talks) {
      this.#try(talk, PORTS.old);
      this.#try(talk, this.#port);
    }
    this.#port = this.#port === PORTS.last ? PORTS.first : this.#port + 1;
  }

  #try(talk: Talk, sourcePort: number): void {
    const frame = this.#frame(talk, sourcePort);
    const before = this.#generations();
    const action = this.#run(talk, frame);
    const worlds = this.#worldsOf([...before, ...this.#generations()]);
    this.#report.packets++;
    if (worlds.size > 1) this.#report.inBetween++;
    const tally = (this.#report.talks[talk.name] ??= { allowed: 0, denied: 0 });
    tally[action === 'drop' ? 'denied' : 'allowed']++;
    const fault =
      action === 'drop' ? this.#deniedFault(talk, worlds) : this.#allowedFault(talk, sourcePort, worlds);
    if (fault !== undefined && this.#report.faults.length < MAX_FAULTS)
      this.#report.faults.push(`${talk.name}, source port ${sourcePort}: ${fault}`);
  }

  #run(talk: Talk, data: Buffer): string | number {
    const hook = HOOK[talk.way];
    const program = this.#programs.get(hook);
    if (program === undefined) throw new Error(`${hook} was not shown`);
    const ifindex = talk.from === undefined ? IFINDEX.uplink : IFINDEX.pod(podIdOf(talk.from));
    this.#events = [];
    const context = contextBytes(hook, data, isNetfilterHook(hook) ? {} : { ifindex });
    return actionName(hook, program.testRun({ data, context }).returnValue);
  }

  /** Encoding one takes longer than all the rest; the checksum is not checked. */
  #frame(talk: Talk, sourcePort: number): Buffer {
    let frame = this.#frames.get(talk);
    if (frame === undefined) this.#frames.set(talk, (frame = frameOf(talk, sourcePort)));
    frame.writeUInt16BE(sourcePort, frame.length - UDP_BYTES);
    return frame;
  }

  /** On every CPU. */
  #generations(): readonly bigint[] {
    return (this.#control.get(0) ?? []).map(({ generation }) => generation);
  }

  /** Those of all generations from the first to the last: we may have been kept waiting in between. */
  #worldsOf(generations: readonly bigint[]): ReadonlySet<number> {
    const [first] = generations;
    const isOne = generations.every(each => each === first);
    return isOne && first !== undefined ? new Set([this.#worldOf(first)]) : new Set(WORLDS);
  }

  #worldOf(generation: bigint): number {
    return Number((generation - this.#generation) & 1n);
  }

  #deniedFault({ expected }: Talk, worlds: ReadonlySet<number>): string | undefined {
    this.#ring.consume();
    const event = this.#events.at(-1);
    if (event === undefined) return 'dropped, and no event says why';
    const isThat = (each: Expectation | undefined): boolean =>
      each?.isAllowed === false &&
      each.rule === event.rule &&
      event.verdict ===
        (each.direction === 'egress' ? Verdict.DROP_POLICY_EGRESS : Verdict.DROP_POLICY_INGRESS);
    if ([...worlds].some(world => isThat(expected[world]))) return undefined;
    return `dropped with verdict ${event.verdict} by rule ${event.rule}, ${whichOf(worlds)}`;
  }

  #allowedFault(talk: Talk, sourcePort: number, worlds: ReadonlySet<number>): string | undefined {
    if (![...worlds].some(world => talk.expected[world]?.isAllowed)) return `admitted, ${whichOf(worlds)}`;
    return this.#entryFault(talk, sourcePort);
  }

  /** Its entry remembers which rules have admitted it, and of which generation they were. */
  #entryFault(talk: Talk, sourcePort: number): string | undefined {
    const entry = this.#entry(talk, sourcePort);
    if (entry === undefined) return 'admitted, and not tracked';
    const { egress, ingress } = entry;
    const generations = [egress, ingress].filter(end => end.generation !== 0).map(end => end.generation);
    if (new Set(generations).size !== 1) return `admitted by generations ${generations.join(' and ')}`;
    const expected = talk.expected[this.#worldOf(BigInt(generations[0] ?? 0))];
    const isThat =
      expected?.isAllowed === true &&
      (expected.egress ?? 0) === egress.rule &&
      (expected.ingress ?? 0) === ingress.rule;
    if (isThat) return undefined;
    return `admitted by rules ${egress.rule} and ${ingress.rule} in generation ${generations.join()}`;
  }

  #entry({ source, destination }: Talk, sourcePort: number): Record<'egress' | 'ingress', End> | undefined {
    const ends = { source, destination, sourcePort, destinationPort: PORT };
    const inOrder = isKeyOrder(ends);
    const { source: first, destination: second, ...ports } = inOrder ? ends : reversed(ends);
    const key = {
      vni: VNI,
      protocol: UDP,
      source: parseAddr(first),
      destination: parseAddr(second),
      ...ports,
    };
    const entry = this.#unanswered.get(key);
    if (entry === undefined) return undefined;
    const [a, b] = endsOf(entry);
    return inOrder ? { egress: a, ingress: b } : { egress: b, ingress: a };
  }
}

interface End {
  readonly generation: number;
  readonly rule: number;
}

/** Of the key's source and of its destination. */
function endsOf(entry: CtEntry): readonly [End, End] {
  return [
    { generation: entry.sourceGeneration, rule: entry.sourceRule },
    { generation: entry.destinationGeneration, rule: entry.destinationRule },
  ];
}

function whichOf(worlds: ReadonlySet<number>): string {
  return `with world ${[...worlds].join(' or ')} active`;
}
