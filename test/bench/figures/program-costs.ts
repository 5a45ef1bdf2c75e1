// program_ns_*, program_instructions_*: what each program costs a packet, and the verifier.
import { HOOK_NAMES } from '../../../loader/abi/hook-name.ts';
import { FAMILIES, type View } from '../../support/bpf/cluster.ts';
import { createDevices } from '../../support/bpf/devices.ts';
import { loadProductNode } from '../../support/bpf/product-node.ts';
import { HOOKS, type HookName } from '../../support/bpf/table.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { PROGRAM_CASES } from '../programs/cases.ts';
import { ProgramClock } from '../programs/program-clock.ts';
import { plain } from '../results.ts';

const NS = HOOKS.flatMap(hook => FAMILIES.map(view => nsName(hook, view)));
const INSTRUCTIONS = HOOK_NAMES.map(instructionsName);
/** As the daemon loads them. */
const NODE = { name: 'bench', nodeId: 1, vni: 1, overlayIfindex: 2 } as const;

export const programCosts: Figure = {
  ...{ name: 'program_costs', results: [...NS, ...INSTRUCTIONS], isAlone: true },
  measure,
};

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const [rounds, packets] = isQuick ? [5, 1_000] : [21, 5_000];
  createDevices();
  const results: Result[] = [];
  for (const hook of HOOKS) {
    progress(`${hook}, ${rounds} rounds`);
    for (const view of FAMILIES) {
      signal.throwIfAborted();
      results.push(nsResult(hook, view, rounds, packets));
      await Promise.resolve();
    }
  }
  return [...results, ...instructionResults()];
}

function nsResult(hook: HookName, view: View, rounds: number, packets: number): Result {
  const { what, ...rest } = PROGRAM_CASES[hook](view);
  using clock = new ProgramClock({ what, ...rest });
  clock.run(packets); // warms up
  const runs = Array.from({ length: rounds }, () => clock.run(packets));
  const note = `${view.family === 'ipv4' ? 'IPv4' : 'IPv6'}, known flow: ${what}`;
  return plain({ name: nsName(hook, view), unit: 'ns/packet', note }, runs);
}

function instructionResults(): readonly Result[] {
  using node = loadProductNode(NODE);
  return HOOK_NAMES.map(hook => {
    const { verifiedInstructions, instructions, jitedBytes } = node.program(hook).info();
    const size = `${instructions.toLocaleString('en')} instructions, ${jitedBytes.toLocaleString('en')} bytes of machine code`;
    const heading = {
      name: instructionsName(hook),
      unit: 'instructions',
      note: `processed by the verifier; ${size}`,
    };
    return plain(heading, [verifiedInstructions]);
  });
}

function nsName(hook: HookName, { family }: View): string {
  return `program_ns_${hook}${family === 'ipv6' ? '_ipv6' : ''}`;
}

function instructionsName(hook: string): string {
  return `program_instructions_${hook}`;
}
