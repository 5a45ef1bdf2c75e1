// Kinds of Calico's and Cilium's API groups: Heddle does not read them, and people who come from there try them.

const OWNERS = { 'projectcalico.org': 'Calico', 'cilium.io': 'Cilium' } as const;
type Owner = (typeof OWNERS)[keyof typeof OWNERS];

/** As typed after `heddlectl policy delete`: kinds and short names, in lower case, without their plural's ending. */
const WORDS: Readonly<Record<Owner, RegExp>> = {
  Calico:
    /^(gnp|globalnetworkpolic(y|ie)|stagedglobalnetworkpolic(y|ie)|stagednetworkpolic(y|ie)|networkset|globalnetworkset|hostendpoint|hep|ippool|ipreservation|bgpconfiguration|bgppeer|felixconfiguration|tier)s?$/,
  Cilium: /^(cilium[a-z]+|ccnp|cnps|cep|cegp)$/,
};

/** What takes its place, as the end of a sentence; undefined: neither's. `apiVersion` decides where there is one. */
export function foreignKindText(kind: string, apiVersion?: string): string | undefined {
  const owner = apiVersion === undefined ? ownerOfWord(kind) : ownerOfGroup(apiVersion);
  return owner === undefined ? undefined : `is ${owner}'s: docs/migration.md has what takes its place`;
}

function ownerOfGroup(apiVersion: string): Owner | undefined {
  const [group = ''] = apiVersion.split('/');
  return Object.entries(OWNERS).find(([domain]) => group === domain || group.endsWith(`.${domain}`))?.[1];
}

function ownerOfWord(word: string): Owner | undefined {
  return Object.values(OWNERS).find(owner => WORDS[owner].test(word.toLowerCase()));
}
