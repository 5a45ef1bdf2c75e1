// etcd's .proto files as they are vendored, and what of them a generator can read without Go's and the gateway's own.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Options of these are the only thing that the files import them for. */
const FOREIGN_IMPORT = /^import "(?:gogoproto\/gogo|google\/api\/annotations)\.proto";\n/gm;
const FILE_OPTION = /^option \(gogoproto\.\w+\) = \w+;\n/gm;
const FIELD_OPTION = / \[\(gogoproto\.\w+\) = [^\]]+\]/g;
const METHOD_OPTION = /^ +option \(google\.api\.http\) = \{(?:[^{}]|\{[^{}]*\})*\};\n/gm;

export function withoutForeignOptions(text: string): string {
  return [FOREIGN_IMPORT, FILE_OPTION, FIELD_OPTION, METHOD_OPTION].reduce(
    (rest, pattern) => rest.replace(pattern, ''),
    text,
  );
}

/** Writes them below `to` as they lie below `from`; their paths there. */
export function stripEtcdProtos(from: string, to: string): readonly string[] {
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.proto'),
  );
  return names.sort().map(name => {
    const path = join(to, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withoutForeignOptions(readFileSync(join(from, name), 'utf8')));
    return path;
  });
}
