// Where the daemons of a soak read their cluster from, and what can happen to it.
import type { LabPod } from '../../../lab/lab.ts';
import type { StoredObject } from '../../support/api-server/collections.ts';
import type { SoakFault } from '../fault.ts';

export interface SoakSource {
  readonly name: string;
  /** `source` of the daemons' configuration. */
  readonly settings: object;
  /** What only this source has. */
  readonly faults: readonly SoakFault[];
  /** Settles when it is stored, also through an outage. */
  put(object: StoredObject): Promise<void>;
  remove(object: StoredObject): Promise<void>;
  /** The addresses that ADD gave, where the daemon does not write them itself. */
  announce(pod: LabPod, object: StoredObject): Promise<void>;
}
