// grpc.reflection.v1: what this server speaks, for clients that do not have our .proto files.
import { status } from '@grpc/grpc-js';
import { converse } from './converse.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { DESCRIPTOR_FILES } from './descriptors.gen.ts';
import type { grpc } from './proto.gen.js';
import type { ServiceHandlers } from './service-definition.ts';

type Handlers = ServiceHandlers<grpc.reflection.v1.ServerReflection, typeof grpc.reflection.v1>;
type Question = grpc.reflection.v1.ServerReflectionRequest;
type Answer = grpc.reflection.v1.IServerReflectionResponse;

/** `services`: full names of those that the server serves. */
export function reflectionService(services: readonly string[]): Handlers {
  const index = indexOf(DESCRIPTOR_FILES);
  return {
    serverReflectionInfo: call =>
      converse(call, question => ({
        validHost: question.host,
        originalRequest: question,
        ...answer(question, services, index),
      })),
  };
}

function answer(question: Question, services: readonly string[], index: DescriptorIndex): Answer {
  switch (question.messageRequest) {
    case 'listServices':
      return { listServicesResponse: { service: services.map(name => ({ name })) } };
    case 'fileByFilename':
      return fileAnswer(index, index.byName.get(question.fileByFilename ?? ''), 'file');
    case 'fileContainingSymbol':
      return fileAnswer(index, index.bySymbol.get(question.fileContainingSymbol ?? ''), 'symbol');
    case 'fileContainingExtension':
    case 'allExtensionNumbersOfType':
      return refusal(status.NOT_FOUND, 'proto3 has no extensions');
    default:
      return refusal(status.INVALID_ARGUMENT, 'the request asks nothing');
  }
}

interface DescriptorIndex {
  readonly byName: ReadonlyMap<string, DescriptorFile>;
  readonly bySymbol: ReadonlyMap<string, DescriptorFile>;
}

function indexOf(files: readonly DescriptorFile[]): DescriptorIndex {
  return {
    byName: new Map(files.map(file => [file.name, file])),
    bySymbol: new Map(files.flatMap(file => file.symbols.map(symbol => [symbol, file]))),
  };
}

function fileAnswer(index: DescriptorIndex, file: DescriptorFile | undefined, asked: string): Answer {
  if (file === undefined) return refusal(status.NOT_FOUND, `there is no such ${asked}`);
  const bytes = withImports(index, file).map(one => Buffer.from(one.base64, 'base64'));
  return { fileDescriptorResponse: { fileDescriptorProto: bytes } };
}

/** The file first, then everything it imports, once each. */
function withImports(index: DescriptorIndex, file: DescriptorFile): readonly DescriptorFile[] {
  const found = new Set([file]);
  for (const one of found) {
    for (const name of one.imports) {
      const imported = index.byName.get(name);
      if (imported !== undefined) found.add(imported);
    }
  }
  return [...found];
}

function refusal(errorCode: status, errorMessage: string): Answer {
  return { errorResponse: { errorCode, errorMessage } };
}
