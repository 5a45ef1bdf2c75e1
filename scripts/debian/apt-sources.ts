// The machine's own apt sources, and in them the mirror that serves Debian itself.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One repository of a sources file (sources.list(5)), whichever of the two formats it is written in. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Path of a keyring, or a fingerprint; undefined: apt's own trusted keys. */
  readonly signedBy?: string;
}

export interface DebianMirrors {
  readonly archive: AptSource;
  /** Absent from a machine that takes no security updates. */
  readonly security: AptSource | undefined;
}

/** The one-line format: `deb [option=value …] uri suite component …`. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split('\n').flatMap(line => {
    const found = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+([^#]*)/.exec(line);
    const [, options = '', uri, rest = ''] = found ?? [];
    const [suite, ...components] = words(rest);
    if (uri === undefined || suite === undefined) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [{ uri, suites: [suite], components, ...(signedBy === undefined ? {} : { signedBy }) }];
  });
}

/** The deb822 format: stanzas of fields, whose values may go on in indented lines. */
export function parseDeb822(text: string): AptSource[] {
  const stanzas = text.replaceAll(/^#.*\n?/gm, '').split(/\n\s*\n/);
  return stanzas.flatMap(stanza => {
    const fields = fieldsOf(stanza);
    const isSource = words(fields.get('types')).includes('deb') && fields.get('enabled') !== 'no';
    if (!isSource) return [];
    const [suites, components] = [words(fields.get('suites')), words(fields.get('components'))];
    const [signedBy] = words(fields.get('signed-by'));
    const isPath = signedBy?.startsWith('/') === true; // else a key, written out
    return words(fields.get('uris')).map(uri => ({
      ...{ uri, suites, components },
      ...(signedBy !== undefined && isPath ? { signedBy } : {}),
    }));
  });
}

/** Of everything in `/etc/apt`. */
export function readAptSources(folder = '/etc/apt'): AptSource[] {
  const parts = join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [join(folder, 'sources.list'), ...names.map(name => join(parts, name))].filter(existsSync);
  return files.flatMap(file => {
    if (file.endsWith('.sources')) return parseDeb822(readFileSync(file, 'utf8'));
    return file.endsWith('.list') ? parseSourcesList(readFileSync(file, 'utf8')) : [];
  });
}

/** Others serve suites of Debian's names too: only Debian has `-updates` beside them. */
export function debianMirrors(sources: readonly AptSource[], codename: string): DebianMirrors {
  const serves = (suite: string) => (source: AptSource) =>
    source.suites.includes(suite) && source.components.includes('main');
  const candidates = sources.filter(serves(codename));
  const hasUpdates = ({ uri }: AptSource) =>
    sources.some(other => other.uri === uri && other.suites.includes(`${codename}-updates`));
  const archive = candidates.find(hasUpdates) ?? candidates[0];
  if (archive === undefined)
    throw new Error(`no apt source of this machine serves Debian's suite '${codename}', component main`);
  return { archive, security: sources.find(serves(`${codename}-security`)) };
}

function fieldsOf(stanza: string): Map<string, string> {
  const unfolded = stanza.replaceAll(/\n[ \t]+/g, ' ');
  const pairs = unfolded.split('\n').flatMap(line => {
    const at = line.indexOf(':');
    return at < 0 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const];
  });
  return new Map(pairs);
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter(word => word !== '');
}
