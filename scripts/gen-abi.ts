// Writes loader/abi/abi.gen.ts: what the C headers define, in TypeScript, from the objects' BTF.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readObject } from 'libbpf-ts';
import { format, resolveConfig } from 'prettier';
import { emitAbi } from './abi/emit-abi.ts';
import { readHeaderComments } from './abi/header-comments.ts';
import { readAbi } from './abi/read-abi.ts';

const OUTPUT = 'loader/abi/abi.gen.ts';
const HEADERS = 'bpf/abi';

const objectFolder = process.argv[2] ?? 'build/bpf';
const files = readdirSync(objectFolder).filter(name => name.endsWith('.bpf.o'));
const objects = new Map(files.sort().map(name => [name, readObject(readFileSync(join(objectFolder, name)))]));
const text = emitAbi(readAbi(objects, readHeaderComments(HEADERS)));
const options = await resolveConfig(OUTPUT);
writeFileSync(OUTPUT, await format(text, { ...options, parser: 'typescript' }));
