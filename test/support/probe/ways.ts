// Ways by which clients ask a server, each in every protocol and family: which of them are open.
import { addressOf, type TestHost } from '../lab.ts';
import type { Probe, ProbeAnswer, ProbeQuestion } from './probe.ts';

export const FAMILIES = ['ipv4', 'ipv6'] as const;
export const PROTOCOLS = ['TCP', 'UDP'] as const;

export interface Way {
  readonly name: string;
  readonly from: TestHost;
  readonly to: (family: (typeof FAMILIES)[number]) => string;
  readonly port: number;
}

/** One for each protocol and family. */
export function questionsOf({ from, to, port }: Way): ProbeQuestion[] {
  return FAMILIES.flatMap(family =>
    PROTOCOLS.map(protocol => ({
      ...{ netns: from.netns, protocol, from: addressOf(from, family), to: to(family), port },
    })),
  );
}

/** Names of the ways that are open, in their order; one that only some protocols or families pass says of how many. */
export async function openWays(
  probe: Probe,
  ways: readonly Way[],
  timeoutMs: number,
): Promise<readonly string[]> {
  const asked = ways.map(async way => nameIfAnswered(way.name, await probe.ask(questionsOf(way), timeoutMs)));
  return (await Promise.all(asked)).flat();
}

/** No name where nothing was answered. */
export function nameIfAnswered(name: string, answers: readonly ProbeAnswer[]): string[] {
  const answered = answers.filter(each => each.answered).length;
  if (answered === 0) return [];
  return [answered === answers.length ? name : `${name}: ${answered} of ${answers.length}`];
}
