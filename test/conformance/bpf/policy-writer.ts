// Compiled policy into a machine's maps.
import {
  EventKind,
  PolicyAction,
  PolicyDirection,
  PolicyKind,
  RuleFlag,
  RuleKind,
  type MapRows,
} from '../../../loader/abi/abi.gen.ts';
import { syncTable } from '../../../loader/maps/sync-table.ts';
import type { Addr } from '../../../loader/model/addr.ts';
import { cidrAddr, cidrPrefixBits } from '../../../loader/model/cidr.ts';
import type { CompiledPolicy, RuleMeaning } from '../../../loader/policy/compiled.ts';
import { SEGMENT, type Machine } from './machine.ts';
import { IPPROTO } from './protocols.ts';

type Row<Name extends keyof MapRows> = [MapRows[Name]['key'], MapRows[Name]['value']];

export class PolicyWriter {
  readonly #machine: Machine;
  #generation = 1n;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  write(
    compiled: CompiledPolicy,
    writeTables: (identityOf: (addr: Addr) => readonly number[]) => void,
  ): void {
    const { maps } = this.#machine;
    this.#generation += 1n;
    syncTable(
      maps.hd_rule,
      [...compiled.rules].map(([n, meaning]) => ruleRow(n, meaning)),
    );
    syncTable(maps.hd_policy_name, [...compiled.rules.values()].flatMap(nameRows));
    syncTable(
      maps.hd_rule_set,
      [...compiled.ruleSets].flatMap(([ruleSet, rows]) =>
        rows.map((row): Row<'hd_rule_set'> => [
          {
            ruleSet,
            protocol: row.protocol === undefined ? 0 : IPPROTO[row.protocol],
            prefixBits: row.prefixBits,
            port: row.port,
          },
          {
            rule: row.rule,
            action: row.action === 'allow' ? PolicyAction.ALLOW : PolicyAction.DENY,
            flags: row.everyPod ? RuleFlag.EVERY_POD : 0,
          },
        ]),
      ),
    );
    syncTable(
      maps.hd_policy_peer,
      [...compiled.peers].flatMap(([policy, rows]) =>
        [...rows].map(([identity, row]): Row<'hd_policy_peer'> => [
          { policy, identity },
          { ruleSet: row.ruleSet, prefixLengths: row.prefixLengths },
        ]),
      ),
    );
    syncTable(
      maps.hd_cidr,
      [...compiled.cidrs].map(([cidr, identity]): Row<'hd_cidr'> => [
        { prefixBits: 32 + cidrPrefixBits(cidr), segment: SEGMENT, addr: cidrAddr(cidr) },
        { identity: [identity, identity] },
      ]),
    );
    writeTables(addr => {
      const identity = compiled.identities.get(addr) ?? 0;
      return [identity, identity];
    });
    for (const [slot, { egress, ingress }] of compiled.pods)
      maps.hd_pod.set(slot, { egress: [egress, egress], ingress: [ingress, ingress] });
    const control = maps.hd_control.get(0) ?? [];
    maps.hd_control.set(
      0,
      control.map(() => ({
        generation: this.#generation,
        events: 1n << BigInt(EventKind.DROP),
        nonce: [0n, 0n],
      })),
    );
  }
}

function ruleRow(number: number, meaning: RuleMeaning): Row<'hd_rule'> {
  const direction = meaning.direction === 'egress' ? PolicyDirection.EGRESS : PolicyDirection.INGRESS;
  if (meaning.kind === 'default-accept')
    return [number, { policyName: 0, index: 0, kind: RuleKind.DEFAULT_ACCEPT, direction }];
  return [
    number,
    {
      policyName: hash(meaning.policy),
      index: meaning.kind === 'listed' ? meaning.index : 0,
      kind: meaning.kind === 'listed' ? RuleKind.LISTED : RuleKind.ISOLATED,
      direction,
    },
  ];
}
function nameRows(meaning: RuleMeaning): Row<'hd_policy_name'>[] {
  if (meaning.kind === 'default-accept') return [];
  const [kind = '', key = ''] = meaning.policy.split(' ');
  const [a = '', b] = key.split('/');
  const text = (t: string, n: number) => {
    const x = Buffer.alloc(n);
    x.write(t);
    return x;
  };
  return [
    [
      hash(meaning.policy),
      {
        kind: kind === 'NetworkPolicy' ? PolicyKind.KIND_NETWORK : PolicyKind.KIND_CLUSTER,
        namespace: text(b === undefined ? '' : a, 64),
        name: text(b ?? a, 256),
      },
    ],
  ];
}
function hash(text: string): number {
  let h = 1;
  for (const c of text) h = (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0;
  return h;
}
