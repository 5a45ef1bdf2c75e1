// Questions to type information: by id, by name, and the sentences that declaration tags carry.
import type { Btf, BtfDeclarationTag, BtfKind, BtfType } from './btf-types.ts';
import { BpfError } from './errors.ts';

/** The type of that id; throws EINVAL for an id that the BTF does not have. */
export function btfType(btf: Btf, id: number): BtfType {
  const type = btf.types[id];
  if (type === undefined) throw new BpfError('EINVAL', 'read', 'BTF', { text: `there is no type ${id}` });
  return type;
}

/** The first type of that kind and C name. */
export function btfTypeNamed<Kind extends BtfKind>(
  btf: Btf,
  kind: Kind,
  name: string,
): Extract<BtfType, { readonly kind: Kind }> | undefined {
  return btf.types.find(
    (type): type is Extract<BtfType, { readonly kind: Kind }> => type.kind === kind && type.name === name,
  );
}

/** Follows qualifiers and typedefs to the type that they stand for. */
export function btfResolve(btf: Btf, id: number): BtfType {
  let type = btfType(btf, id);
  for (let steps = 0; isTransparent(type); steps++) {
    if (steps > btf.types.length)
      throw new BpfError('EINVAL', 'read', 'BTF', { text: `type ${id} refers to itself` });
    type = btfType(btf, type.type);
  }
  return type;
}

/** Qualifiers and typedefs add a name or a promise, no bytes. */
export function isTransparent(
  type: BtfType,
): type is Extract<BtfType, { kind: 'typedef' | 'volatile' | 'const' | 'restrict' | 'typeTag' }> {
  return ['typedef', 'volatile', 'const', 'restrict', 'typeTag'].includes(type.kind);
}

/** Texts of the `btf_decl_tag` attributes of a declaration, or of one of its members or parameters. */
export function btfTags(btf: Btf, id: number, component = -1): string[] {
  const tags = tagsByType(btf).get(id) ?? [];
  return tags.filter(tag => tag.component === component).map(({ name }) => name);
}

type TagsByType = ReadonlyMap<number, readonly BtfDeclarationTag[]>;

/** Thousands of types are asked for theirs. */
const knownTags = new WeakMap<readonly BtfType[], TagsByType>();

function tagsByType({ types }: Btf): TagsByType {
  const known = knownTags.get(types);
  if (known !== undefined) return known;
  const tags = new Map<number, BtfDeclarationTag[]>();
  for (const tag of types) {
    if (tag.kind !== 'declTag') continue;
    const ofType = tags.get(tag.type);
    if (ofType === undefined) tags.set(tag.type, [tag]);
    else ofType.push(tag);
  }
  knownTags.set(types, tags);
  return tags;
}

const DOC_PREFIX = 'doc:';

/** The sentence of a `btf_decl_tag("doc:…")`. */
export function btfDoc(btf: Btf, id: number, component = -1): string | undefined {
  const tag = btfTags(btf, id, component).find(text => text.startsWith(DOC_PREFIX));
  return tag?.slice(DOC_PREFIX.length).trim();
}
