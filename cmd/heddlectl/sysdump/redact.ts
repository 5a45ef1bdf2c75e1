// Takes secrets out of text: by what they look like, by the name before them, and by their value where it is known.
import { parseAllDocuments, stringify } from 'yaml';

const REMOVED = '(removed)';

/** Names of what proves who somebody is. Of a name that ends in `File`, the value is a path, and stays. */
const SECRET_NAME =
  /token|passw|passphrase|secret|credential|authorization|api-?_?key|private-?_?key|key-?_?data/i;
const PATH_NAME = /(file|path|dir|directory|name)$/i;

// No two neighbours of a pattern take the same characters, and none begins within what it has passed: lines may be long.

/** To the end of the text where the end of the key was cut off. */
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
/** Where the beginning was cut off. */
const END_OF_PRIVATE_KEY = /^[A-Za-z0-9+/=\s]*-----END [A-Z0-9 ]*PRIVATE KEY-----/;
/** `-----BEGIN` in base64, as kubeconfigs have keys and certificates. */
const ENCODED_PEM = /LS0tLS1CRUdJT[A-Za-z0-9+/=]*/g;
const JWT = /(?<![\w-])(?=[\w-]*?\beyJ[\w-]{8})[\w-]+\.[\w-]{8,}\.[\w-]*/g;
const AUTHORIZATION = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/g;
const USER_INFO = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^\s/@"':]*:[^\s/@"']*@/gi;

/** `"name": value` of JSON, `name: value` of YAML and logs, `name=value` of command lines. */
const JSON_MEMBER = /("([\w.-]+)"\s*:\s*)("(?:[^"\\]|\\.)*"|[^",{[\]}\s]+)/g;
const LINE_MEMBER = /((?:^|[\s,;{(])([\w.-]+)[ \t]*:[ \t]+)([^\s{["'][^\n]*|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')/gm;
const ASSIGNMENT = /(?<![\w.-])(([\w.-]+)=)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s&;,"']+)/g;

/** Shorter values are words that occur everywhere. */
const MIN_SECRET_LENGTH = 4;

export type Redact = (text: string) => string;

/** `values`: secrets that are known, removed wherever they occur, also in base64 and in JSON strings. */
export function redactorOf(values: readonly string[]): Redact {
  const known = [...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return text => byLooks(known.reduce((rest, value) => rest.replaceAll(value, REMOVED), text));
}

/** A YAML or JSON file without its secrets and comments; undefined if it cannot be parsed. */
export function redactDocument(text: string): string | undefined {
  const documents = parseAllDocuments(text);
  if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return undefined;
  return documents.map(document => stringify(withoutSecrets(document.toJS(), false))).join('---\n');
}

/** Scalars below secret names: what `redactDocument` removes. */
export function secretsIn(text: string): string[] {
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return [];
  return documents.flatMap(document =>
    document.errors.length > 0 ? [] : scalarsBelowSecrets(document.toJS(), false),
  );
}

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !PATH_NAME.test(name);
}

function formsOf(value: string): string[] {
  const text = value.trim();
  if (text.length < MIN_SECRET_LENGTH) return [];
  const inJson = JSON.stringify(text).slice(1, -1);
  const encoded = Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [text, inJson, encoded];
}

function byLooks(text: string): string {
  const named = (whole: string, before: string, name: string, value: string): string => {
    if (!isSecretName(name)) return whole;
    return `${before}${value.startsWith('"') ? `"${REMOVED}"` : REMOVED}`;
  };
  return text
    .replace(PRIVATE_KEY, REMOVED)
    .replace(END_OF_PRIVATE_KEY, REMOVED)
    .replace(ENCODED_PEM, encoded => (isPrivate(encoded) ? REMOVED : encoded))
    .replace(JWT, REMOVED)
    .replace(AUTHORIZATION, `$1 ${REMOVED}`)
    .replace(USER_INFO, `$1${REMOVED}@`)
    .replace(JSON_MEMBER, named)
    .replace(LINE_MEMBER, named)
    .replace(ASSIGNMENT, named);
}

function isPrivate(encoded: string): boolean {
  return Buffer.from(encoded, 'base64').toString('latin1').includes('PRIVATE KEY');
}

function withoutSecrets(value: unknown, isSecret: boolean): unknown {
  if (Array.isArray(value)) return value.map(one => withoutSecrets(one, isSecret));
  if (typeof value !== 'object' || value === null)
    return isSecret && value !== null && value !== '' ? REMOVED : value;
  const members = Object.entries(value).map(
    ([name, part]) => [name, withoutSecrets(part, isSecret || isSecretName(name))] as const,
  );
  return Object.fromEntries(members);
}

function scalarsBelowSecrets(value: unknown, isSecret: boolean): string[] {
  if (Array.isArray(value)) return value.flatMap(one => scalarsBelowSecrets(one, isSecret));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, part]) =>
      scalarsBelowSecrets(part, isSecret || isSecretName(name)),
    );
  return isSecret && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [];
}
