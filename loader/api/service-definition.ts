// Turns a service that protobufjs generated into a grpc-js definition, with its message types kept.
import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js';

/** What the generator hangs on each method of a service. */
interface GeneratedMethod {
  readonly path: string;
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream: true | undefined;
  readonly responseStream: true | undefined;
}

interface MessageCodec {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

type MethodName<Service> = {
  [Name in keyof Service]: Service[Name] extends GeneratedMethod ? Name : never;
}[keyof Service];

type Decoded<Messages, Type> = Type extends keyof Messages
  ? Messages[Type] extends { decode(bytes: Uint8Array): infer Message }
    ? Message
    : never
  : never;

type Encodable<Messages, Type> = Type extends keyof Messages
  ? Messages[Type] extends { encode(message: infer Message): unknown }
    ? Message
    : never
  : never;

type Handler<Method, Request, Response> = Method extends { requestStream: true }
  ? handleBidiStreamingCall<Request, Response>
  : Method extends { responseStream: true }
    ? handleServerStreamingCall<Request, Response>
    : handleUnaryCall<Request, Response>;

/** One handler for each method of `Service`, whose messages are in the namespace `Messages`. */
export type ServiceHandlers<Service, Messages> = {
  readonly [Name in MethodName<Service>]: Service[Name] extends GeneratedMethod
    ? Handler<
        Service[Name],
        Decoded<Messages, Service[Name]['requestType']>,
        Encodable<Messages, Service[Name]['responseType']>
      >
    : never;
};

/** A method with the types of its messages, for server and client alike. */
export interface MethodOf<Request, ReceivedRequest, Response, ReceivedResponse> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: Request) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => ReceivedRequest;
  readonly responseSerialize: (message: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => ReceivedResponse;
}

type MethodFor<Messages, Method extends GeneratedMethod> = MethodOf<
  Encodable<Messages, Method['requestType']>,
  Decoded<Messages, Method['requestType']>,
  Encodable<Messages, Method['responseType']>,
  Decoded<Messages, Method['responseType']>
>;

export type ServiceDefinitionOf<Service, Messages> = {
  readonly [Name in MethodName<Service>]: Service[Name] extends GeneratedMethod
    ? MethodFor<Messages, Service[Name]>
    : never;
};

/** `service` and `messages` are siblings in the generated module: `heddle.v1.Cni` and `heddle.v1`. */
export function serviceDefinition<Service extends object, Messages extends object>(
  service: { readonly prototype: Service },
  messages: Messages,
): ServiceDefinitionOf<Service, Messages> {
  const codecs = messages as unknown as Readonly<Record<string, MessageCodec>>;
  const methods = Object.entries(service.prototype)
    .filter((entry): entry is [string, GeneratedMethod] => isGeneratedMethod(entry[1]))
    .map(([name, method]) => [name, methodDefinition(method, codecs)]);
  return Object.fromEntries(methods) as ServiceDefinitionOf<Service, Messages>;
}

function isGeneratedMethod(value: unknown): value is GeneratedMethod {
  return typeof value === 'function' && 'path' in value;
}

function methodDefinition(
  method: GeneratedMethod,
  codecs: Readonly<Record<string, MessageCodec>>,
): MethodOf<object, object, object, object> {
  const request = codecOf(codecs, method.requestType);
  const response = codecOf(codecs, method.responseType);
  return {
    path: method.path,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize,
  };
}

function codecOf(codecs: Readonly<Record<string, MessageCodec>>, type: string) {
  const codec = codecs[type];
  if (codec === undefined) throw new TypeError(`the generated module has no message ${type}`);
  return {
    serialize: (message: object) => Buffer.from(codec.encode(message).finish()),
    deserialize: (bytes: Buffer) => codec.decode(bytes),
  };
}
