// grpc.reflection.v1: descriptors of the services, for clients without our .proto files.
import { status } from '@grpc/grpc-js';
import { serveBidi } from './serve-bidi.ts';
import type { DescriptorFile } from './descriptor-file.ts';
import { DESCRIPTOR_FILES } from './descriptors.gen.ts';
import type { grpc } from './proto.gen.js';
import type { ServiceHandlers } from './service-definition.ts';

type Handlers = ServiceHandlers<grpc.reflection.v1.ServerReflection, typeof grpc.reflection.v1>;
type Request = grpc.reflection.v1.ServerReflectionRequest;
type Response = grpc.reflection.v1.IServerReflectionResponse;

/** `services`: full names of the services of this server. */
export function reflectionService(services: readonly string[]): Handlers {
  const index = indexOf(DESCRIPTOR_FILES);
  return {
    serverReflectionInfo: call =>
      serveBidi(call, request => ({
        validHost: request.host,
        originalRequest: request,
        ...respond(request, services, index),
      })),
  };
}

function respond(request: Request, services: readonly string[], index: DescriptorIndex): Response {
  switch (request.messageRequest) {
    case 'listServices':
      return { listServicesResponse: { service: services.map(name => ({ name })) } };
    case 'fileByFilename':
      return fileResponse(index, index.byName.get(request.fileByFilename ?? ''), 'file');
    case 'fileContainingSymbol':
      return fileResponse(index, index.bySymbol.get(request.fileContainingSymbol ?? ''), 'symbol');
    case 'fileContainingExtension':
    case 'allExtensionNumbersOfType':
      return errorResponse(status.NOT_FOUND, 'proto3 has no extensions');
    default:
      return errorResponse(status.INVALID_ARGUMENT, 'the request has no message_request');
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

function fileResponse(index: DescriptorIndex, file: DescriptorFile | undefined, what: string): Response {
  if (file === undefined) return errorResponse(status.NOT_FOUND, `there is no such ${what}`);
  const bytes = withImports(index, file).map(one => Buffer.from(one.base64, 'base64'));
  return { fileDescriptorResponse: { fileDescriptorProto: bytes } };
}

/** The file first, then its transitive imports, each once. */
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

function errorResponse(errorCode: status, errorMessage: string): Response {
  return { errorResponse: { errorCode, errorMessage } };
}
