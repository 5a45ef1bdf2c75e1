// What a node is evaluated by when all is well.
import { parseCidr } from 'ip';
import type { Evidence } from '../../../loader/agent/conditions.ts';

export const CIDR = parseCidr('10.1.0.0/24');
export const WELL: Evidence = {
  nodeName: 'a',
  source: { isKnown: true, silence: undefined },
  ...{ podCidrs: [CIDR], effectiveCidrs: [CIDR], clashes: [], exhaustedCidrs: [] },
  ...{ stateDirectory: undefined, socket: undefined, policy: undefined, fullMap: undefined },
  ...{ failing: new Map(), waiting: undefined },
};
