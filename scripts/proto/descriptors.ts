// Descriptors of .proto files, as gRPC's server reflection answers with them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import descriptor from 'protobufjs/ext/descriptor.js';
import type {
  IDescriptorProto,
  IEnumDescriptorProto,
  IFileDescriptorProto,
} from 'protobufjs/ext/descriptor.js';
import type { DescriptorFile } from '../../loader/api/descriptor-file.ts';

const { Reader } = protobuf;
const { FileDescriptorProto } = descriptor;

export interface DescriptorsOptions {
  /** Below `includePath`. */
  readonly names: readonly string[];
  readonly includePath: string;
  readonly output: string;
  readonly header: string;
}

export function writeDescriptors({ names, includePath, output, header }: DescriptorsOptions): void {
  const scratch = mkdtempSync(join(tmpdir(), 'heddle-descriptors-'));
  try {
    const entries = names
      .map(name => `  ${JSON.stringify(describe(name, includePath, scratch))},\n`)
      .join('');
    writeFileSync(
      output,
      `${header}import type { DescriptorFile } from './descriptor-file.ts';\n\n` +
        `export const DESCRIPTOR_FILES: readonly DescriptorFile[] = [\n${entries}];\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The bytes are protoc's own: what a client builds from them is what protoc understood. */
function describe(name: string, includePath: string, scratch: string): DescriptorFile {
  const path = join(scratch, 'set.pb');
  execFileSync('protoc', [`--proto_path=${includePath}`, `--descriptor_set_out=${path}`, name]);
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
