// Every fault that `make mutants` brings into bpf/.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../mutant.ts';
import { droppedVerdicts, explained } from './dropped-verdicts.ts';
import { DROPS_EXPLAINED } from './drops-explained.ts';
import { ADMISSION_MUTANTS } from './policy-check.ts';
import { ENCAP_MUTANTS } from './encap.ts';
import { ASSURANCE_MUTANTS } from './flow-assurance.ts';
import { FLOW_CHANGE_MUTANTS } from './flow-changes.ts';
import { LIFETIME_MUTANTS } from './flow-lifetimes.ts';
import { FLOW_LOOKUP_MUTANTS } from './flow-lookups.ts';
import { FLOW_NUMBER_MUTANTS } from './flow-numbers.ts';
import { ROOM_MUTANTS } from './flow-room.ts';
import { FLOW_CACHE_MUTANTS } from './flow-cache.ts';
import { FRAGMENT_MUTANTS } from './fragments.ts';
import { HOOK_MUTANTS } from './hooks.ts';
import { LEAVING_MUTANTS } from './leaving.ts';
import { NATIVE_MUTANTS } from './native.ts';
import { PARSE_MUTANTS } from './parse.ts';
import { POLICY_MUTANTS } from './policy.ts';
import { QUOTE_MUTANTS } from './quotes.ts';
import { RECEIVE_MUTANTS } from './receive.ts';
import { SEND_MUTANTS } from './send.ts';
import { SOURCE_MUTANTS } from './source.ts';
import { TELL_MUTANTS } from './tell.ts';
import { TUNNEL_MUTANTS } from './tunnel.ts';

const LISTED: readonly Mutant[] = [
  ...ADMISSION_MUTANTS,
  ...ASSURANCE_MUTANTS,
  ...ENCAP_MUTANTS,
  ...FLOW_CHANGE_MUTANTS,
  ...LIFETIME_MUTANTS,
  ...FLOW_LOOKUP_MUTANTS,
  ...FLOW_NUMBER_MUTANTS,
  ...ROOM_MUTANTS,
  ...FLOW_CACHE_MUTANTS,
  ...FRAGMENT_MUTANTS,
  ...HOOK_MUTANTS,
  ...LEAVING_MUTANTS,
  ...NATIVE_MUTANTS,
  ...PARSE_MUTANTS,
  ...POLICY_MUTANTS,
  ...QUOTE_MUTANTS,
  ...RECEIVE_MUTANTS,
  ...SEND_MUTANTS,
  ...SOURCE_MUTANTS,
  ...TELL_MUTANTS,
  ...TUNNEL_MUTANTS,
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
