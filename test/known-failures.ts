// Assertions that fail for a fault that is known and not mended yet. A listed one that passes is a failure too.

import { UNDERLAYS, type Underlay } from './support/integrity/profiles.ts';

export interface KnownFailure {
  /** Path of the test file, from the repository's root. */
  readonly test: string;
  /** Titles from the file's top level down to the assertion or to a subtest, joined by ' › '. */
  readonly title: string;
  readonly fault: string;
  readonly why: string;
  /** It depends on the moment: passing is no failure of the list. */
  readonly isSometimes?: true;
}

/** Every way of checked payloads through the overlay to another node, in the underlays that were chosen. */
function integrityRows(
  isAffected: (underlay: Underlay) => boolean,
  fault: Pick<KnownFailure, 'fault' | 'why'>,
  assertions: { readonly tcp: readonly string[]; readonly udp: readonly string[] },
): KnownFailure[] {
  const ways = ['other node', 'by a Service'];
  const cases = (['tcp', 'udp'] as const).flatMap(protocol =>
    ['ipv4', 'ipv6'].flatMap(family =>
      assertions[protocol].map(assertion => `${protocol}, ${family} › ${assertion}`),
    ),
  );
  return UNDERLAYS.filter(isAffected).flatMap(({ title }) =>
    ways.flatMap(way =>
      cases.map(row => ({
        test: 'test/e2e/dataplane/integrity.test.ts',
        title: `${title} › overlay › ${way}, ${row}`,
        ...fault,
      })),
    ),
  );
}

export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    test: 'test/e2e/dataplane/foreign-programs.test.ts',
    title: 'a daemon that is killed and comes back leaves every chain as it was',
    fault: 'D25',
    why: 'beside other work, the program at the uplink is attached anew by another link, first in its chain',
    isSometimes: true,
  },
  ...integrityRows(
    ({ nic }) => nic.includes('small-mtu'),
    { fault: 'D18', why: 'an ICMP answer to a tunnel packet is heard by nobody' },
    { tcp: ['all arrives'], udp: ['most datagrams come back'] },
  ),
  ...integrityRows(
    ({ nic }) => nic.includes('silent-mtu'),
    { fault: 'D18', why: 'DF of the outer header: the router may not fragment, and says nothing' },
    { tcp: ['all arrives'], udp: [] },
  ),
];
