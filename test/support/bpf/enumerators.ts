// The C enumerators as the object's type information has them: the tables speak of them by name.
import { declaredBy } from './declared.ts';
import { HOOKS } from './table.ts';

export interface Enumerators {
  /** The number behind a name of any enum; throws for a name that does not exist. */
  valueOf(name: string): number;
  /** The names or-ed together. */
  flags(names?: readonly string[]): number;
  /** Names of `enum <name>`, in order. */
  namesOf(enumName: string): readonly string[];
}

let read: Enumerators | undefined;

/** Of all hooks' objects together: each carries the enums that it uses. */
export function enumerators(): Enumerators {
  read ??= readEnumerators();
  return read;
}

function readEnumerators(): Enumerators {
  const types = HOOKS.flatMap(hook => declaredBy(hook).btf.types);
  const enums = types.flatMap(type => (type.kind === 'enum' ? [type] : []));
  const values = new Map(
    enums.flatMap(type => type.values.map(({ name, value }) => [name, Number(value)] as const)),
  );
  const valueOf = (name: string): number => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`no enumerator is named ${name}`);
    return value;
  };
  return {
    valueOf,
    flags: (names = []) => names.reduce((bits, name) => bits | valueOf(name), 0),
    namesOf: enumName => enums.find(type => type.name === enumName)?.values.map(({ name }) => name) ?? [],
  };
}
