// Which fields of a map's elements have words for their numbers: enums, flags, protocols, and names in bytes.
import {
  CtFlag,
  EndpointKind,
  FragmentToStack,
  IfaceFlag,
  IfaceKind,
  NodeFlag,
  PolicyAction,
  PolicyDirection,
  PolicyId,
  RouteFlag,
  RouteKind,
  RuleFlag,
  RuleKind,
  VERDICT_MAX,
  type MapName,
} from '../../../loader/abi/abi.gen.ts';
import { HOOK_NAMES, VERDICT_NAMES } from '../../../loader/abi/hook-name.ts';
import { protocolName } from '../../../loader/abi/protocol.ts';
import { policyKindOf } from '../../../loader/tables/policy-kind-numbers.ts';
import { enumName, flagNames } from '../output/enum-names.ts';

/** Undefined: the value has no word, and is printed as it is. */
type Words = (value: unknown) => string | undefined;

interface MapWords {
  /** Of a key that is a number, under ''. */
  readonly key?: Readonly<Record<string, Words>>;
  readonly value?: Readonly<Record<string, Words>>;
}

type Enum = Readonly<Record<string, number>>;

const enumWord =
  (values: Enum): Words =>
  value =>
    typeof value === 'number' ? enumName(values, value) : undefined;
const flagWord =
  (values: Enum): Words =>
  value =>
    typeof value === 'number' ? flagNames(values, value).join(' ') || 'none' : undefined;
const protocol: Words = value =>
  typeof value !== 'number' ? undefined : value === 0 ? 'any' : protocolName(value);
const text: Words = value =>
  value instanceof Uint8Array ? Buffer.from(value).toString().replace(/\0.*$/s, '') : undefined;
/** Of each bank. */
const policyIds: Words = value =>
  Array.isArray(value) ? value.map(id => enumName(PolicyId, Number(id))).join(' ') : undefined;
const policyKind: Words = value => (typeof value === 'number' ? policyKindOf(value) : undefined);

function counter(index: unknown): string | undefined {
  const hook = HOOK_NAMES[Math.floor(Number(index) / VERDICT_MAX)];
  return hook === undefined ? undefined : `${hook} ${VERDICT_NAMES[Number(index) % VERDICT_MAX] ?? ''}`;
}

const flow = { key: { protocol }, value: { flags: flagWord(CtFlag) } };

const WORDS: Partial<Record<MapName, MapWords>> = {
  hd_iface: { value: { kind: enumWord(IfaceKind), flags: flagWord(IfaceFlag) } },
  hd_endpoint: { value: { kind: enumWord(EndpointKind), flags: flagWord(IfaceFlag) } },
  hd_node: { value: { flags: flagWord(NodeFlag) } },
  hd_route: { value: { kind: enumWord(RouteKind), flags: flagWord(RouteFlag) } },
  hd_ct: flow,
  hd_ct_unassured: flow,
  hd_frag: { key: { protocol }, value: { toStack: enumWord(FragmentToStack) } },
  hd_pod: { value: { egress: policyIds, ingress: policyIds, ownNode: policyIds } },
  hd_policy_name: { value: { kind: policyKind, namespace: text, name: text } },
  hd_rule: { value: { kind: enumWord(RuleKind), direction: enumWord(PolicyDirection) } },
  hd_rule_set: { key: { protocol }, value: { action: enumWord(PolicyAction), flags: flagWord(RuleFlag) } },
  hd_metrics: { key: { '': counter } },
};

/** The word for a field's value; undefined: there is none. `field` is '' for a key or value that is not a struct. */
export function dumpWord(
  map: MapName,
  part: 'key' | 'value',
  field: string,
  value: unknown,
): string | undefined {
  return WORDS[map]?.[part]?.[field]?.(value);
}
