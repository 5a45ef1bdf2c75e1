// The configured source with policies given by hand, what is said of it, and the first state of it that counts.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { readKnownCluster } from '../reconcilers/known-cluster.ts';
import { AppliedPolicies } from '../sources/applied/applied-policies.ts';
import { policyFolder } from '../sources/applied/policy-store.ts';
import type { SourceListener } from '../sources/source.ts';
import { FirstState } from './first-state.ts';
import { openSource, type SourceEnvironment } from './open-source.ts';
import { sourceAddresses } from './source-addresses.ts';
import { SourceStanding } from './source-standing.ts';

export interface ClusterSourceOptions extends Pick<SourceEnvironment, 'ready' | 'unmet'> {
  readonly config: Config;
  readonly logger: Logger;
  readonly socket: RtnetlinkSocket;
  /** Makes this node's pods known, for nodes that wait for them. */
  readonly publish: () => void;
  /** Why there is no first state yet is another reason than before. */
  readonly onDelay: () => void;
}

export class ClusterSource {
  readonly source: AppliedPolicies;
  readonly standing: SourceStanding;
  readonly #firstState: FirstState;

  constructor({ config, logger, socket, publish, onDelay, ...environment }: ClusterSourceOptions) {
    const noteDelay = (sentences: readonly string[]): void => {
      this.standing.noteDelay(...sentences);
      onDelay();
    };
    const source = openSource(config, {
      ...{ ...environment, ...sourceAddresses(socket, config) },
      onForgotten: () => this.#firstState.noteForgotten(),
      onDelay: sentence => noteDelay([sentence]),
    });
    this.source = new AppliedPolicies(source, policyFolder(config.stateDir), policyFolder(config.runDir));
    this.standing = new SourceStanding(logger, config.source.kind, () => this.source.watches());
    this.#firstState = new FirstState({
      nodeName: config.nodeName,
      known: () => readKnownCluster(config.pinRoot),
      ...{ onBegin: publish, onHeld: noteDelay },
    });
  }

  /** Resolves once `listener` has the first state that counts. */
  start(listener: SourceListener): Promise<void> {
    return this.#firstState.start(this.source, listener);
  }

  async stop(): Promise<void> {
    this.#firstState.stop();
    await this.source.stop();
  }
}
