// Cases of every kind of path, with real sockets: same node, overlay, direct, from outside, own node and other nodes.
import t from 'tap';
import { readCaseFile } from '../../conformance/case-file.ts';
import { labLevel } from '../../conformance/lab/level.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';
import type { Case } from '../../support/policy/world.ts';

t.setTimeout(600_000);

/** All of them: make conformance LEVEL=lab. */
const CASES = {
  always: {
    public: ['sctp-ingress-port-81-from-y', 'client-pod-gains-label', 'legacy-namespace-relabelled'],
    extra_public: ['any-v6-is-not-any'],
    cnp_public: ['admin-pass-to-baseline'],
    own_node_public: ['own-node-default-deny', 'own-node-admin-deny'],
    own_node_unnamed: ['unnamed-node-accepted-first'],
  },
  never: {
    public: ['egress-named-port'],
    own_node_public: ['own-node-default-deny'],
    extra_public: ['any-v6-is-not-any'],
  },
} as const satisfies Record<string, Readonly<Record<string, readonly string[]>>>;

function casesOf(file: string, wanted: readonly string[]): readonly Case[] {
  const { cases } = readCaseFile(`test/conformance/cases/${file}.json`);
  return wanted.flatMap(name => cases.filter(each => each.name === name || each.sequence?.id === name));
}

for (const encapsulation of ['always', 'never'] as const)
  t.test(`encapsulation ${encapsulation}`, async t => {
    const level = labLevel(encapsulation);
    t.teardown(() => level.finish?.());
    const files: readonly (readonly [string, readonly string[]])[] = Object.entries(CASES[encapsulation]);
    for (const [file, wanted] of files) {
      const cases = casesOf(file, wanted);
      t.ok(cases.length >= wanted.length, `${file}: ${cases.length} cases`);
      const { rows, mismatches } = await playCases(cases, level, () => undefined);
      t.strictSame(mismatches.slice(0, 10).map(mismatchText), [], `${file}: ${rows} rows`);
    }
  });
