// The faults of a node, whatever its source is.
import type { SoakFault } from '../fault.ts';
import { DAEMON_FAULTS } from './daemon.ts';
import { LIMIT_FAULTS } from './limits.ts';
import { NETWORK_FAULTS } from './network.ts';
import { PIN_FAULTS } from './pins.ts';
import { POD_FAULTS } from './pods.ts';
import { STATE_FAULTS } from './state.ts';
import { UPLINK_FAULTS } from './uplink.ts';

export const NODE_FAULTS: readonly SoakFault[] = [
  ...DAEMON_FAULTS,
  ...LIMIT_FAULTS,
  ...POD_FAULTS,
  ...PIN_FAULTS,
  ...NETWORK_FAULTS,
  ...UPLINK_FAULTS,
  ...STATE_FAULTS,
];
