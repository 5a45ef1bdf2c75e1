// The CNI specification's commands, implemented over an `Attacher`.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Attacher, AttachRequest, CheckRequest, StatusReason } from './attacher.ts';
import { podFromArgs } from './args.ts';
import { differences } from './check.ts';
import { type CniConfig, parseCniConfig, requireCniVersion } from './config.ts';
import { parseAttachmentKey, type CniVariables, netnsIfAny, requiredNetns } from './environment.ts';
import { CNI_CODE, type CniCode, CniError } from './error.ts';
import { namingMount } from './netns-mount.ts';
import { cniResult, type CniResult } from './result.ts';
import { requireSince } from './version.ts';
import { KeyedMutex } from '../../async/keyed-mutex.ts';

/** One call of the plugin. */
export interface CniCall extends CniVariables {
  /** Standard input. */
  readonly config: Uint8Array;
  /** Of the boot clock, when the plugin was started; 0: unknown. */
  readonly startedMs?: number;
}

/** Rejects with `CniError`, or with the error of the attacher. */
export interface CniCommands {
  /** `signal` aborts when the plugin has cancelled the call. */
  add(call: CniCall, signal: AbortSignal): Promise<CniResult>;
  del(call: CniCall): Promise<void>;
  check(call: CniCall): Promise<void>;
  gc(call: CniCall): Promise<void>;
  status(call: CniCall): Promise<void>;
}

/** `mutex`: by container; what else attaches or detaches holds it too. */
export function cniCommands(attacher: Attacher, mutex = new KeyedMutex()): CniCommands {
  return {
    async add(call, signal) {
      const config = parseCniConfig(call.config);
      const request = attachRequest(call, config);
      const adding = mutex.run(request.containerId, () => add(attacher, { config, request, signal }));
      return adding.catch((error: unknown) => {
        throw namingMount(error, call);
      });
    },
    async del(call) {
      requireCniVersion(call.config);
      const request = { ...parseAttachmentKey(call), ...netnsIfAny(call) };
      return mutex.run(request.containerId, () => attacher.delete(request));
    },
    async check(call) {
      const config = parseCniConfig(call.config);
      requireSince('CHECK', '0.4.0', config.cniVersion);
      const request = { ...parseAttachmentKey(call), ...requiredNetns(call) };
      return mutex.run(request.containerId, () => check(attacher, config, request));
    },
    async gc(call) {
      const { cniVersion, name, validAttachments } = parseCniConfig(call.config);
      requireSince('GC', '1.1.0', cniVersion);
      if (validAttachments === undefined) return; // without a list nothing is known to be stale
      return mutex.runExclusive(() => attacher.gc(name, validAttachments));
    },
    async status(call) {
      requireSince('STATUS', '1.1.0', parseCniConfig(call.config).cniVersion);
      const reasons = await attacher.status();
      if (reasons.length > 0)
        throw new CniError(statusCode(reasons), reasons.map(each => each.sentence).join('; '));
    },
  };
}

function statusCode(reasons: readonly StatusReason[]): CniCode {
  return reasons.some(({ limitsAttached }) => limitsAttached) ? CNI_CODE.limited : CNI_CODE.notAvailable;
}

interface AddContext {
  readonly config: CniConfig;
  readonly request: AttachRequest;
  readonly signal: AbortSignal;
}

function attachRequest(call: CniCall, config: CniConfig): AttachRequest {
  const key = parseAttachmentKey(call);
  const namespace = requiredNetns(call);
  const pod = podFromArgs(call.args);
  const { name: network, addresses, mac } = config;
  return { ...key, ...namespace, network, addresses, ...(mac && { mac }), ...(pod && { pod }) };
}

/**
 * A plugin that has given up has closed its connection, which the event loop learns in its next turn: a daemon that was
 * stopped (SIGSTOP, a starved machine) reads request and end together. So the turn is awaited before the work and before
 * the answer.
 */
async function add(attacher: Attacher, { config, request, signal }: AddContext): Promise<CniResult> {
  await nextTurn();
  throwIfAborted(signal);
  const attached = await attacher.add(request, signal);
  await nextTurn();
  if (signal.aborted) {
    // The runtime treats this ADD as failed, and a failed ADD must leave nothing behind.
    await attacher.delete(request);
    throwIfAborted(signal);
  }
  return cniResult(config, request, attached);
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CniError(CNI_CODE.tryAgainLater, 'the runtime no longer waits for this ADD');
}

async function check(attacher: Attacher, config: CniConfig, request: CheckRequest): Promise<void> {
  if (config.prevResult === undefined)
    throw new CniError(CNI_CODE.invalidConfig, 'CHECK needs prevResult in the network configuration');
  const { attached, problems } = await attacher.check(request);
  const all = [...problems, ...differences(config.prevResult, attached, request)];
  if (all.length === 0) return;
  throw new CniError(
    CNI_CODE.differs,
    `the network of container ${request.containerId} differs from the result of ADD`,
    all.join('; '),
  );
}
