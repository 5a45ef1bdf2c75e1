// What bpf/abi/*.h says in comments: BTF carries neither those of enumerators nor those of members.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DeclarationComments {
  readonly kind: 'enum' | 'struct';
  /** C name. */
  readonly name: string;
  /** Header that declares it. */
  readonly file: string;
  /** One sentence by the C name of an enumerator or member; those without a comment are absent. */
  readonly comments: ReadonlyMap<string, string>;
}

const DECLARATION = /^(enum|struct) (\w+) \{\n([\s\S]*?)^\}/gm;
/** One declarator with its comments before and behind it on the same line. */
const ENTRY =
  /(?:^[ \t]*\/\*(?<before>(?:(?!\*\/)[\s\S])*)\*\/[ \t]*\n)?^[ \t]*(?<text>[^/\n]*?\w)(?:\[[^\]]*\])?(?: = [^,;\n]*)?[,;](?:[ \t]*\/\*(?<behind>(?:(?!\*\/)[\s\S])*)\*\/)?/gm;

/** Every named enum and struct of the folder's headers, in the order of file names. */
export function readHeaderComments(folder: string): DeclarationComments[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.h'));
  return files
    .sort()
    .flatMap(name => commentsOf(readFileSync(join(folder, name), 'utf8'), join(folder, name)));
}

/** The same for the text of one header. */
export function commentsOf(text: string, file: string): DeclarationComments[] {
  return Array.from(text.matchAll(DECLARATION), ([, kind, name = '', body = '']) => ({
    ...{ kind: kind === 'enum' ? 'enum' : 'struct', name, file, comments: entryComments(body) },
  }));
}

function entryComments(body: string): Map<string, string> {
  const comments = new Map<string, string>();
  for (const { groups } of body.matchAll(ENTRY)) {
    const name = /\w+$/.exec(groups?.['text'] ?? '')?.[0];
    // A comment behind is the entry's own; one before may be the heading of a group.
    const comment = groups?.['behind'] ?? groups?.['before'];
    if (name !== undefined && comment !== undefined) comments.set(name, oneLine(comment));
  }
  return comments;
}

function oneLine(comment: string): string {
  return comment
    .replace(/\n[ \t]*\*?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
