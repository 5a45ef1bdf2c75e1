// Writes loader/api/*.gen.*: message codecs and typed services from proto/, and the descriptors reflection answers with.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import descriptor from 'protobufjs/ext/descriptor.js';
import type {
  IDescriptorProto,
  IEnumDescriptorProto,
  IFileDescriptorProto,
} from 'protobufjs/ext/descriptor.js';
import pbjs from 'protobufjs-cli/pbjs.js';
import pbts from 'protobufjs-cli/pbts.js';
import type { DescriptorFile } from '../loader/api/descriptor-file.ts';

type Tool = (args: string[], callback: (error: Error | null, output?: string) => void) => unknown;

const { Reader } = protobuf;
const { FileDescriptorProto } = descriptor;
const PROTO_FOLDER = 'proto';
const OUTPUT = 'loader/api';
const HEADER = '// Generated from proto/ by scripts/gen-proto.ts; `make gen` writes it anew.\n';
/** Codecs only: whatever is not called is not generated. */
const PBJS_OPTIONS = [
  ['--target', 'static-module', '--wrap', 'esm', '--dependency', 'protobufjs/minimal.js', '--root', 'heddle'],
  ['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--force-number'],
].flat();

const protos = readdirSync(PROTO_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.proto'))
  .sort();
const scratch = mkdtempSync(join(tmpdir(), 'heddle-gen-proto-'));
try {
  await writeCodecs();
  writeDescriptors();
} finally {
  rmSync(scratch, { recursive: true });
}

/** pbts reads the types out of pbjs's comments, which the code that is checked in does without. */
async function writeCodecs(): Promise<void> {
  const sources = protos.map(name => join(PROTO_FOLDER, name));
  const commented = join(scratch, 'commented.js');
  await run(pbjs.main, [...PBJS_OPTIONS, '--out', commented, ...sources]);
  const types = await run(pbts.main, ['--no-comments', commented]);
  const code = await run(pbjs.main, [...PBJS_OPTIONS, '--no-comments', ...sources]);
  writeFileSync(join(OUTPUT, 'proto.gen.js'), HEADER + withNumbers(code.replace(/\n{3,}/g, '\n\n')));
  writeFileSync(join(OUTPUT, 'proto.gen.d.ts'), HEADER + withoutLong(types));
}

/** --force-number is about types alone; the reader makes a `Long` of 64 bits wherever it finds that package. */
function withNumbers(code: string): string {
  const importLine = 'import $protobuf from "protobufjs/minimal.js";\n';
  if (!code.includes(importLine)) throw new Error('pbjs imports its runtime in another way than expected');
  const plainNumbers = '$protobuf.util.Long = undefined;\n$protobuf.configure();\n';
  return code.replace(importLine, importLine + plainNumbers);
}

/** With --force-number no message has a `Long`, and the import would ask for one more package's types. */
function withoutLong(types: string): string {
  return types
    .replace('import Long = require("long");\n', '')
    .replaceAll('(number|Long|null)', '(number|null)');
}

function run(tool: Tool, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    tool(args, (error, output) => {
      if (error === null) resolve(output ?? '');
      else reject(error);
    });
  });
}

function writeDescriptors(): void {
  const entries = protos.map(name => `  ${JSON.stringify(describe(name))},\n`).join('');
  writeFileSync(
    join(OUTPUT, 'descriptors.gen.ts'),
    `${HEADER}import type { DescriptorFile } from './descriptor-file.ts';\n\n` +
      `export const DESCRIPTOR_FILES: readonly DescriptorFile[] = [\n${entries}];\n`,
  );
}

/** The bytes are protoc's own: what a client builds from them is what protoc understood. */
function describe(name: string): DescriptorFile {
  const path = join(scratch, 'set.pb');
  execFileSync('protoc', [`--proto_path=${PROTO_FOLDER}`, `--descriptor_set_out=${path}`, name]);
  const reader = Reader.create(readFileSync(path));
  reader.uint32(); // the tag of FileDescriptorSet.file, which holds this one file
  const bytes = reader.bytes();
  const file = FileDescriptorProto.decode(bytes) as IFileDescriptorProto;
  return {
    name,
    imports: (file.dependency ?? []) as readonly string[],
    symbols: symbolsOf(file),
    base64: Buffer.from(bytes).toString('base64'),
  };
}

/** Every name a client may ask for: services, their methods, messages and enums at any depth. */
function symbolsOf(file: IFileDescriptorProto): string[] {
  const prefix = file.package ?? '';
  const services = (file.service ?? []).flatMap(service => {
    const name = `${prefix}.${service.name ?? ''}`;
    return [name, ...(service.method ?? []).map(method => `${name}.${method.name ?? ''}`)];
  });
  return [...services, ...enumNames(prefix, file.enumType), ...messageNames(prefix, file.messageType)];
}

function messageNames(prefix: string, messages: readonly IDescriptorProto[] | null | undefined): string[] {
  return (messages ?? []).flatMap(message => {
    const name = `${prefix}.${message.name ?? ''}`;
    return [name, ...enumNames(name, message.enumType), ...messageNames(name, message.nestedType)];
  });
}

function enumNames(prefix: string, enums: readonly IEnumDescriptorProto[] | null | undefined): string[] {
  return (enums ?? []).map(type => `${prefix}.${type.name ?? ''}`);
}
