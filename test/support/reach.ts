// Who reaches whom: every protocol, both families, a line for each attempt that was not answered as it should be.
import { execIn } from '../../lab/exec.ts';
import {
  ECHO_PORT,
  failuresOf as reachFailures,
  type Attempt as ReachAttempt,
  type HostAccess,
} from '../../loader/connectivity/attempts.ts';
import { addressOf, type TestHost } from './lab.ts';
import { ANSWER_MS, startEcho } from './traffic.ts';

export type Protocol = 'tcp' | 'udp' | 'icmp';
export const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp', 'icmp'];

export type Attempt = ReachAttempt<TestHost>;

const IN_NAMESPACE: HostAccess<TestHost> = {
  node: process.execPath,
  run: ({ netns }, argv, timeoutMs) => execIn(netns, argv, timeoutMs),
};

/** Starts echo servers in all of them; they end with the test. */
export async function serveAll(
  t: { teardown(clean: () => Promise<void>): void },
  parties: readonly TestHost[],
): Promise<void> {
  const servers = await Promise.all(parties.map(({ netns }) => startEcho(netns, ECHO_PORT)));
  t.teardown(async () => {
    await Promise.all(servers.map(server => server.stop()));
  });
}

/** Every protocol and family from one to the other, whose own address must be seen. */
export function eachWay(from: TestHost, to: TestHost, families: readonly ('ipv4' | 'ipv6')[]): Attempt[] {
  return families.flatMap(family =>
    PROTOCOLS.map(protocol => ({
      ...{ from, to: addressOf(to, family), protocol },
      seenAs: addressOf(from, family),
    })),
  );
}

/** Makes all attempts; a sentence for each that failed. Those that must fail are waited out: name a shorter time. */
export function failuresOf(attempts: readonly Attempt[], withinMs = ANSWER_MS): Promise<string[]> {
  return reachFailures(attempts, IN_NAMESPACE, withinMs);
}
