// Policy's maps as given.
import { possibleCpus, type BpfMap } from 'libbpf-ts';
import { IPV4, VNI } from './cluster.ts';
import type { Enumerators } from './enumerators.ts';
import { prefixKey } from './prefix-key.ts';
import type { Given } from './given.ts';
import {
  prefixBits,
  type GivenControl,
  type GivenPod,
  type GivenRule,
  type Versioned,
} from './given-policy.ts';
import type { MapEntry, NamedMap } from './map-entry.ts';

/** An array has a row for every pod id; the tables use the first few. */
const POD_IDS = 8;
const NONCE_BYTES = 16;

export function versions(value: Versioned): readonly number[] {
  return typeof value === 'number' ? [value, value] : value;
}

/** hd_control and hd_pod, whose rows always exist. */
export function fillPolicyArrays(
  maps: ReadonlyMap<string, NamedMap>,
  { control, pods }: Given,
  names: Enumerators,
): void {
  const controls = maps.get('hd_control') as unknown as BpfMap<number, object[]> | undefined;
  controls?.set(
    0,
    Array.from({ length: possibleCpus() }, () => controlRow(control, names)),
  );
  const words = maps.get('hd_pod') as unknown as BpfMap<number, object> | undefined;
  if (words === undefined) return;
  const open = names.valueOf('POLICY_OPEN');
  for (let podId = 0; podId < POD_IDS; podId++) {
    const pod = pods.find(pod => pod.podId === podId);
    words.set(podId, podRow(pod ?? { podId, egress: 0, ingress: 0, ownNode: 0 }, open));
  }
}

function controlRow(control: GivenControl, names: Enumerators): object {
  const { generation, events = [], nonce = '', tunnelIpv6 = '::' } = control;
  const bytes = Buffer.alloc(NONCE_BYTES);
  bytes.write(nonce, 'hex');
  return {
    generation: BigInt(generation),
    events: events.reduce((bits, event) => bits | (1n << BigInt(names.valueOf(event))), 0n),
    nonce: [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)],
    tunnelIpv4: IPV4.own,
    tunnelIpv6,
  };
}

function podRow({ egress, ingress, ownNode }: GivenPod, open: number): object {
  return {
    egress: versions(egress ?? open),
    ingress: versions(ingress ?? open),
    ownNode: versions(ownNode ?? open),
  };
}

export function cidrEntries({ cidrs }: Given): MapEntry[] {
  return cidrs.map(({ prefix, identity }) => [
    { ...prefixKey(prefix), vni: VNI },
    { identity: versions(identity) },
  ]);
}

export function peerEntries({ peers, rules }: Given): MapEntry[] {
  return peers.map(({ policy, identity, ruleSet }) => [
    { policy, identity },
    {
      ruleSet,
      prefixLengths: rules
        .filter(rule => rule.ruleSet === ruleSet && rule.protocol !== undefined)
        .reduce((bits, rule) => bits | (1 << prefixBits(rule)), 0),
    },
  ]);
}

export function ruleEntries({ rules }: Given, names: Enumerators): MapEntry[] {
  return rules.map(rule => [ruleKey(rule), ruleValue(rule, names)]);
}

function ruleKey(rule: GivenRule): Record<string, unknown> {
  const { ruleSet, protocol = 0, port = 0 } = rule;
  return { ruleSet, protocol, prefixBits: prefixBits(rule), port };
}

function ruleValue({ action, rule, flags }: GivenRule, names: Enumerators): Record<string, unknown> {
  return { rule, action: names.valueOf(action), flags: names.flags(flags) };
}
