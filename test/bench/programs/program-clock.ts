// Nanoseconds of one program and one packet, less what a test run takes by itself.
import { readFileSync } from 'node:fs';
import { loadObject, readObject, type LoadedObject, type Program } from 'libbpf-ts';
import { builtFile } from '../../../lab/installation.ts';
import { CLUSTER } from '../../support/bpf/cluster-given.ts';
import { contextBytes } from '../../support/bpf/context.ts';
import { givenWith } from '../../support/bpf/given.ts';
import { openNode, type NodeBench } from '../../support/bpf/node-bench.ts';
import type { Step } from '../../support/bpf/story.ts';
import type { Constants, HookName } from '../../support/bpf/table.ts';
import { median } from '../statistics.ts';
import type { ProgramCase } from './cases.ts';
import { isNetfilterHook } from '../../../loader/programs/hook.ts';

/** Of a node of its own, so that no case finds what another has left. */
export class ProgramClock implements Disposable {
  readonly #node: NodeBench;
  readonly #empty: LoadedObject;
  readonly #measured: Step;

  /** Throws if a packet does not end as the case says. */
  constructor({ given = {}, before, measured }: ProgramCase, constants: Constants = {}) {
    this.#measured = measured;
    const hooks = new Set([...before, measured].map(({ hook }) => hook));
    this.#node = openNode([...hooks], constants);
    this.#empty = loadObject(readObject(readFileSync(builtFile('test/bpf/empty.bpf.o'))), { name: 'empty' });
    this.#node.fill(givenWith(CLUSTER, given));
    for (const step of [...before, measured]) this.#check(step);
  }

  /** Median of so many packets, one test run each: a program that encapsulates must not meet its own work. */
  run(packets: number): number {
    const { hook } = this.#measured;
    const empty = this.#median(this.#empty.program(emptyFor(hook)), packets);
    return this.#median(this.#node.program(hook), packets) - empty;
  }

  [Symbol.dispose](): void {
    this.#empty[Symbol.dispose]();
    this.#node[Symbol.dispose]();
  }

  #median(program: Program, packets: number): number {
    const { hook, sent, context } = this.#measured;
    const data = sent.bytes();
    const run = { data, context: contextBytes(hook, data, context) };
    return median(Array.from({ length: packets }, () => program.testRun(run).durationNs));
  }

  #check({ hook, sent, context, verdict }: Step): void {
    const { counted } = this.#node.run(hook, sent.bytes(), context);
    const got = counted.map(each => each.verdict).join(' ');
    if (got !== verdict) throw new Error(`${hook}: ${got} and not ${verdict}`);
  }
}

function emptyFor(hook: HookName): string {
  if (hook === 'uplink_xdp') return 'empty_xdp';
  return isNetfilterHook(hook) ? 'empty_netfilter' : 'empty_tc';
}
