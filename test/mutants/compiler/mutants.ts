// Faults that somebody might bring into policy one day, each as an edit of the source: the suite has to notice them all.

import type { Mutant } from '../mutant.ts';

export const COMPILER_MUTANTS: readonly Mutant[] = [
  {
    name: 'own-node-by-networks-alone',
    fault: 'an address of the own node that no object names is no node to `nodes` peers',
    edits: [
      {
        file: 'loader/policy/own-node-rules.ts',
        find: 'const isAlways = rule.isFailClosed || isNode;',
        replace: 'const isAlways = rule.isFailClosed;',
      },
    ],
  },
  {
    name: 'end-port-ignored',
    fault: 'endPort is ignored',
    edits: [
      {
        file: 'loader/sources/objects/network-policy.ts',
        find: 'last: last ?? first }',
        replace: 'last: first }',
      },
    ],
  },
  {
    name: 'named-port-of-any-protocol',
    fault: 'a named port is matched without its protocol',
    edits: [
      {
        file: 'loader/policy/port-names.ts',
        find: 'return port.name === name && (protocol === undefined || port.protocol === protocol);',
        replace: 'return port.name === name && protocol !== null;',
      },
      {
        file: 'loader/policy/port-names.ts',
        find: 'this.#users.has(useKey({ name })) || this.#users.has(useKey({ name, protocol }))',
        replace:
          "[undefined, 'TCP', 'UDP', 'SCTP'].some(protocol => this.#users.has(useKey({ name, protocol })))",
      },
    ],
  },
  {
    name: 'peers-with-ports-of-another-rule',
    fault: "peers of one rule are combined with another rule's ports",
    edits: [
      {
        file: 'loader/policy/direction-rules.ts',
        find: 'readyRule(policy, rule, {',
        replace: 'readyRule(policy, { ...rule, ports: policy[direction].at(-1)?.ports ?? rule.ports }, {',
      },
    ],
  },
  {
    name: 'longer-cidr-hides-shorter',
    fault: "a longer CIDR hides a shorter one's ports",
    edits: [
      {
        file: 'loader/policy/networks.ts',
        find: 'const terms = new Set(around.terms);',
        replace: 'const terms = new Set(begins.size > 0 ? [] : around.terms);',
      },
    ],
  },
  {
    name: 'every-ipv4-is-everybody',
    fault: '0.0.0.0/0 matches IPv6',
    edits: [
      {
        file: 'loader/policy/networks.ts',
        find: 'this.#entryOf(term.cidr).begins.add(term);',
        replace: `this.#entryOf(term.cidr).begins.add(term);
          if (term.cidr === EVERY_IPV4) this.#entryOf('::/0' as Cidr).begins.add(term);`,
      },
    ],
  },
  {
    name: 'not-in-needs-the-label',
    fault: 'NotIn is false when the label is missing',
    edits: [
      {
        file: 'loader/policy/selectors.ts',
        find: 'return value === undefined || !values.includes(value);',
        replace: 'return value !== undefined && !values.includes(value);',
      },
    ],
  },
  {
    name: 'pass-leaves-the-policy',
    fault: 'Pass only leaves the policy, not the tier',
    edits: [
      {
        file: 'loader/policy/effective-policy.ts',
        find: 'this.#rules = policies.flatMap(({ rules }) => rules);',
        replace:
          'this.#rules = policies.flatMap(({ rules }, policy) => rules.map(rule => ({ ...rule, policy })));',
      },
      {
        file: 'loader/policy/effective-policy.ts',
        find: 'matching.push(resolved);',
        replace: 'matching.push({ ...rule, ports: resolved.ports });',
      },
      {
        file: 'loader/policy/effective-policy.ts',
        find: "if (resolved.ports === 'all') break;",
        replace: "if (resolved.ports === 'all' && rule.outcome !== 'pass') break;",
      },
      {
        file: 'loader/policy/first-match.ts',
        find: 'intervals.evaluate(rules.admin);',
        replace: `for (const policy of new Set(rules.admin.map(rule => rule.policy)))
          intervals.evaluate(rules.admin.filter(rule => rule.policy === policy));`,
      },
    ],
  },
];
