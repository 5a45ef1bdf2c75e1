import t from 'tap';
import type { PolicyKey } from '../../../loader/model/policies.ts';
import { verdictsByPort, type MatchingRule, type MatchingRules } from '../../../loader/policy/first-match.ts';
import { draftRuleSet } from '../../../loader/policy/rule-set-draft.ts';
import { verdict } from '../../../loader/policy/verdict.ts';

function outcome(action: 'allow' | 'deny', index: number): MatchingRule['outcome'] {
  return verdict(action, {
    kind: 'listed',
    policy: 'ClusterNetworkPolicy p' as PolicyKey,
    direction: 'egress',
    index,
  });
}

const otherwise = verdict('allow', { kind: 'default-accept', direction: 'egress' });
const none: MatchingRules = { admin: [], networkPolicy: [], baseline: [], otherwise };

function tcp(first: number, last = first): MatchingRule['ports'] {
  return [{ protocol: 'TCP', first, last }];
}

function shown(rules: MatchingRules, protocol?: 'TCP' | 'UDP'): string[] {
  return verdictsByPort(rules, protocol).map(({ first, last, value }) => {
    const rule = value.meaning.kind === 'listed' ? value.meaning.index : value.meaning.kind;
    return `${first}-${last} ${value.action} ${rule}`;
  });
}

t.test('no rules: the default, whatever the port is', t => {
  t.strictSame(shown(none, 'TCP'), ['0-65535 allow default-accept']);
  t.end();
});

t.test('the first rule has its ports, the next what is left', t => {
  const admin = [
    { outcome: outcome('allow', 0), ports: tcp(80, 90) },
    { outcome: outcome('deny', 1), ports: tcp(85, 100) },
    { outcome: outcome('deny', 2), ports: 'all' as const },
  ];
  t.strictSame(shown({ ...none, admin }, 'TCP'), [
    '0-79 deny 2',
    '80-90 allow 0',
    '91-100 deny 1',
    '101-65535 deny 2',
  ]);
  t.strictSame(shown({ ...none, admin }, 'UDP'), ['0-65535 deny 2']);
  t.strictSame(shown({ ...none, admin }), ['0-65535 deny 2']);
  t.end();
});

t.test('what passes leaves the tier: later rules there do not see it, the next tier does', t => {
  const admin = [
    { outcome: 'pass' as const, ports: tcp(80) },
    { outcome: outcome('deny', 1), ports: 'all' as const },
  ];
  const networkPolicy = [{ outcome: outcome('allow', 2), ports: tcp(80, 81) }];
  const isolated = verdict('deny', {
    kind: 'isolated',
    policy: 'NetworkPolicy x/p' as PolicyKey,
    direction: 'egress',
  });
  t.strictSame(shown({ ...none, admin, networkPolicy, isolated }, 'TCP'), [
    '0-79 deny 1',
    '80-80 allow 2',
    '81-65535 deny 1',
  ]);
  t.strictSame(shown({ ...none, admin, isolated }, 'TCP')[1], '80-80 deny isolated');
  t.end();
});

t.test('isolation ends it before Baseline; without it Baseline is asked', t => {
  const baseline = [{ outcome: outcome('deny', 3), ports: 'all' as const }];
  const isolated = verdict('deny', {
    kind: 'isolated',
    policy: 'NetworkPolicy x/p' as PolicyKey,
    direction: 'egress',
  });
  t.strictSame(shown({ ...none, baseline }), ['0-65535 deny 3']);
  t.strictSame(shown({ ...none, baseline, isolated }), ['0-65535 deny isolated']);
  t.end();
});

t.test('a Baseline Pass leaves the default', t => {
  const baseline = [
    { outcome: 'pass' as const, ports: tcp(1, 9) },
    { outcome: outcome('deny', 1), ports: tcp(0, 65_535) },
  ];
  t.strictSame(shown({ ...none, baseline }, 'TCP'), [
    '0-0 deny 1',
    '1-9 allow default-accept',
    '10-65535 deny 1',
  ]);
  t.end();
});

t.test('any rules, by every port against asking one rule after the other', t => {
  let seed = 3;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let round = 0; round < 60; round++) {
    const admin = Array.from({ length: random(8) }, (_, i): MatchingRule => {
      const first = random(60);
      const ports = random(5) === 0 ? ('all' as const) : tcp(first, first + random(30));
      return { outcome: random(4) === 0 ? 'pass' : outcome(random(2) ? 'allow' : 'deny', i), ports };
    });
    const spans = verdictsByPort({ ...none, admin }, 'TCP');
    for (let port = 0; port < 100; port++) {
      const hit = admin.find(
        ({ ports }) => ports === 'all' || ports.some(({ first, last }) => first <= port && port <= last),
      );
      const wanted = hit === undefined || hit.outcome === 'pass' ? otherwise : hit.outcome;
      const found = spans.find(({ first, last }) => first <= port && port <= last)?.value;
      if (found !== wanted) t.fail(`round ${round}, port ${port}`);
    }
  }
  t.ok(t.passing(), 'of 60 rounds');
  t.end();
});

t.test('a protocol has rows only where it differs from the others', t => {
  const admin = [{ outcome: outcome('deny', 0), ports: tcp(80) }];
  const { rows } = draftRuleSet({ ...none, admin });
  t.strictSame(
    rows.map(({ protocol, prefixBits, port }) => [protocol, prefixBits, port]),
    [
      [undefined, 0, 0],
      ['TCP', 16, 80],
    ],
  );
  t.end();
});
