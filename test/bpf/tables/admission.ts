// One packet, and everything policy can say about one end of it.
import { GENERATION } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import {
  ANY_PEER,
  allow,
  deny,
  podWith,
  together,
  type PeerRowSpecs,
} from '../../support/bpf/policy-given.ts';
import type { Row } from '../../support/bpf/table.ts';

export type Direction = 'egress' | 'ingress';

/** A packet, as it passes where nothing is refused, and whose policy is asked about whom. */
export interface Asked extends Pick<Row, 'sent' | 'verdict' | 'context' | 'given'> {
  readonly what: string;
  readonly podId: number;
  readonly direction: Direction;
  /** Of the peer. */
  readonly identity: number;
}

const RULE = 5;

/** Passes and is refused, by the peer's own row and by everybody's. */
export function admissionRows(asked: Asked): Row[] {
  const { identity, direction } = asked;
  const drop = `DROP_POLICY_${direction.toUpperCase()}`;
  const own = (row: ReturnType<typeof allow>, others: ReturnType<typeof allow>): PeerRowSpecs => ({
    [ANY_PEER]: [others],
    [identity]: [row],
  });
  return [
    passes(asked, 'admitted by its own row', own(allow(RULE), deny(RULE + 1))),
    refuses(asked, 'refused by its own row', own(deny(RULE), allow(RULE + 1)), drop),
    passes(asked, 'admitted as anybody', { [ANY_PEER]: [allow(RULE)] }),
    refuses(asked, 'refused as anybody', { [ANY_PEER]: [deny(RULE)] }, drop),
    {
      ...refuses(asked, 'not evaluated before there is a policy', {}, 'DROP_POLICY_ABSENT'),
      given: together(asked.given ?? {}, { pods: [{ podId: asked.podId, [direction]: 0 }] }),
    },
    refuses(asked, 'refused by a policy without rows', {}, 'DROP_POLICY_ABSENT'),
    passes(asked, 'the other direction is not asked', undefined, { [ANY_PEER]: [deny(RULE)] }),
  ];
}

/** Passes whatever policy says, and also before there is one. */
export function unaskedRows(asked: Asked): Row[] {
  const refusing = { [ANY_PEER]: [deny(RULE)] };
  return [
    passes(asked, 'although refused', refusing, refusing),
    {
      ...passes(asked, 'although there is no policy yet', {}),
      given: together(asked.given ?? {}, { pods: [{ podId: asked.podId, egress: 0, ingress: 0 }] }),
    },
  ];
}

function passes(asked: Asked, how: string, rows: PeerRowSpecs | undefined, other?: PeerRowSpecs): Row {
  const { what, podId, direction, sent, verdict, context } = asked;
  return {
    ...{ name: `${what}: ${how}`, sent, verdict },
    ...(context === undefined ? {} : { context }),
    given: givenOf(asked.given, { podId, direction, rows, other }),
  };
}

function refuses(asked: Asked, how: string, rows: PeerRowSpecs | undefined, verdict: string): Row {
  return { ...passes(asked, how, rows), verdict, tracked: [] };
}

interface OnePolicy {
  readonly podId: number;
  readonly direction: Direction;
  readonly rows: PeerRowSpecs | undefined;
  readonly other: PeerRowSpecs | undefined;
}

function givenOf(more: Partial<Given> = {}, { podId, direction, rows, other }: OnePolicy): Partial<Given> {
  const [egress, ingress] = direction === 'egress' ? [rows, other] : [other, rows];
  const policies = podWith({ podId, egress, ingress });
  return together({ control: { generation: GENERATION } }, policies, more);
}
