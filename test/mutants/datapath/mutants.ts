// Every fault that `make mutants` brings into bpf/.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../mutant.ts';
import { droppedVerdicts, explained } from './dropped-verdicts.ts';
import { CONNTRACK_MUTANTS } from './conntrack.ts';
import { DROPS_EXPLAINED } from './drops-explained.ts';
import { HOOK_MUTANTS } from './hooks.ts';
import { PARSE_MUTANTS } from './parse.ts';
import { POLICY_MUTANTS } from './policy.ts';
import { SEND_MUTANTS } from './send.ts';
import { SOURCE_MUTANTS } from './source.ts';
import { TUNNEL_MUTANTS } from './tunnel.ts';

const LISTED: readonly Mutant[] = [
  ...CONNTRACK_MUTANTS,
  ...POLICY_MUTANTS,
  ...TUNNEL_MUTANTS,
  ...SEND_MUTANTS,
  ...SOURCE_MUTANTS,
  ...PARSE_MUTANTS,
  ...HOOK_MUTANTS,
];

/** Read anew from the sources: what is generated is as they are. */
export function datapathMutants(): readonly Mutant[] {
  const sources = ['bpf', 'bpf/lib'].flatMap(folder =>
    readdirSync(folder)
      .filter(name => /\.(bpf\.c|h)$/.test(name))
      .map(name => join(folder, name))
      .sort(),
  );
  const generated = sources.flatMap(file => droppedVerdicts(file, readFileSync(file, 'utf8')));
  return [...LISTED, ...explained(generated, DROPS_EXPLAINED)];
}
