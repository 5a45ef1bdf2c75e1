// What each program costs the verifier, and how large it is, loaded as the daemon loads it.
import { release } from 'node:os';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import { loadProductNode } from './product-node.ts';

export interface Complexity {
  /** That the verifier walked: on every way through the program. */
  readonly verifiedInstructions: number;
  /** Of the program as the verifier left it. */
  readonly instructions: number;
}

export interface ComplexityRecord {
  /** Version of the verifier, as in 6.18: another one counts otherwise. */
  readonly kernel: string;
  readonly programs: Readonly<Record<HookName, Complexity>>;
}

/** Of a program that the record does not have yet. */
const NONE: Complexity = { verifiedInstructions: 0, instructions: 0 };

function recordOf(
  { programs }: { readonly programs: Partial<ComplexityRecord['programs']> },
  hook: HookName,
) {
  return programs[hook] ?? NONE;
}

/** In the repository. */
export const COMPLEXITY_FILE = 'bpf/complexity.json';
/** Whatever the kernel. */
export const MAX_VERIFIED = 60_000;
/** More than this part above the record is a decision, and no accident. */
const LEEWAY = 0.1;

const NODE = { name: 'complexity', nodeId: 1, vni: 1, overlayIfindex: 2 } as const;

/** Needs root. */
export function measureComplexity(): ComplexityRecord {
  using node = loadProductNode(NODE);
  const programs = HOOK_NAMES.map((hook): [HookName, Complexity] => {
    const { verifiedInstructions, instructions } = node.program(hook).info();
    return [hook, { verifiedInstructions, instructions }];
  });
  return {
    kernel: release().split('.', 2).join('.'),
    programs: Object.fromEntries(programs) as Record<HookName, Complexity>,
  };
}

/** A line for each program that is not what the record says. */
export function moves(recorded: ComplexityRecord, measured: ComplexityRecord): readonly string[] {
  return HOOK_NAMES.flatMap(hook =>
    (['verifiedInstructions', 'instructions'] as const).flatMap(kind => {
      const [before, now] = [recordOf(recorded, hook)[kind], measured.programs[hook][kind]];
      const words = kind === 'instructions' ? 'instructions' : 'verified instructions';
      return before === now ? [] : [`${hook}: ${before} ${words}, now ${now} (${percent(now / before - 1)})`];
    }),
  );
}

/** A sentence for each program that costs the verifier more than it may; none if all do what was agreed. */
export function overBudget(recorded: ComplexityRecord, measured: ComplexityRecord): readonly string[] {
  return HOOK_NAMES.flatMap(hook => {
    const now = measured.programs[hook].verifiedInstructions;
    const before = recordOf(recorded, hook).verifiedInstructions;
    if (now > MAX_VERIFIED) return [`${hook}: ${now} verified instructions, at most ${MAX_VERIFIED} may be`];
    if (recorded.kernel !== measured.kernel || now <= before * (1 + LEEWAY)) return [];
    const rise = `${before} verified instructions are recorded, now ${now} (${percent(now / before - 1)})`;
    return [`${hook}: ${rise}; if that is worth it, 'make complexity' renews ${COMPLEXITY_FILE}`];
  });
}

function percent(part: number): string {
  return `${part < 0 ? '' : '+'}${(part * 100).toFixed(1)} %`;
}
