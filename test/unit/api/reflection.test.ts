// A generic client: it has none of our .proto files, learns them by reflection, and calls with what it learned.
import { Client, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { grpc } from '../../../loader/api/proto.gen.js';
import { connect } from './client.ts';
import { localPod } from './memory-view.ts';
import { serve } from './served.ts';

type Request = grpc.reflection.v1.IServerReflectionRequest;
type Response = grpc.reflection.v1.ServerReflectionResponse;

const OLDER_PATH = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo';

/** Asks all questions on one stream. */
function converse(client: Client, questions: readonly Request[], path?: string): Promise<Response[]> {
  const { serverReflectionInfo: method } = API.reflection;
  const call = client.makeBidiStreamRequest(
    path ?? method.path,
    method.requestSerialize,
    method.responseDeserialize,
  );
  const answers: Response[] = [];
  call.on('data', (answer: Response) => answers.push(answer));
  for (const question of questions) call.write(question);
  call.end();
  return new Promise((resolve, reject) => {
    call.on('end', () => resolve(answers));
    call.on('error', reject);
  });
}

/** What a generic client builds from the descriptors that the server sends. */
async function learn(client: Client, symbol: string): Promise<protobuf.Root> {
  const [answer] = await converse(client, [{ fileContainingSymbol: symbol }]);
  const files = answer?.fileDescriptorResponse?.fileDescriptorProto ?? [];
  const file = files.map(bytes => descriptor.FileDescriptorProto.decode(bytes));
  return protobuf.Root.fromDescriptor(descriptor.FileDescriptorSet.encode({ file }).finish());
}

t.test('the services are listed, under the old name of reflection too', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath).connection;
  for (const path of [undefined, OLDER_PATH]) {
    const [answer] = await converse(client, [{ listServices: '' }], path);
    t.strictSame(
      answer?.listServicesResponse?.service?.map(({ name }) => name),
      [
        'heddle.v1.Cni',
        'heddle.v1.Dataplane',
        'heddle.v1.Events',
        'heddle.v1.Policy',
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
      ],
    );
  }
});

t.test('every listed service is described, and all of its methods answer', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath).connection;
  const [answer] = await converse(client, [{ listServices: '*' }]);
  for (const { name } of answer?.listServicesResponse?.service ?? []) {
    const service = (await learn(client, name ?? '')).lookupService(name ?? '');
    for (const method of service.methodsArray) {
      if (method.requestStream === true || method.responseStream === true) continue;
      const code = await codeOf(client, `/${name ?? ''}/${method.name}`);
      t.not(code, status.UNIMPLEMENTED, `${name ?? ''}.${method.name}`);
    }
  }
});

/** The status that an empty request gets. */
function codeOf(client: Client, path: string): Promise<status> {
  return new Promise(resolve => {
    const raw = (bytes: Buffer) => bytes;
    client.makeUnaryRequest(path, raw, raw, Buffer.alloc(0), error => resolve(error?.code ?? status.OK));
  });
}

t.test('a client that learned the messages reads an endpoint with them', async t => {
  const { view, socketPath } = await serve(t);
  view.set({ endpoints: [localPod('10.1.0.10', 'web-0')] });
  const client = connect(t, socketPath).connection;
  const root = await learn(client, 'heddle.v1.Dataplane.ListEndpoints');
  const reply = root.lookupType('heddle.v1.ListEndpointsResponse');
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const raw = (some: Buffer) => some;
    client.makeUnaryRequest(
      '/heddle.v1.Dataplane/ListEndpoints',
      raw,
      raw,
      Buffer.alloc(0),
      (error, answer) => {
        if (error === null) resolve(answer ?? Buffer.alloc(0));
        else reject(error);
      },
    );
  });
  t.match(reply.toObject(reply.decode(bytes), { enums: String }), {
    endpoints: [{ address: '10.1.0.10', kind: 'ENDPOINT_KIND_LOCAL_POD', podName: 'web-0' }],
  });
});

t.test('files are found by name and by every kind of symbol, in the order of the questions', async t => {
  const { socketPath } = await serve(t);
  const questions: Request[] = [
    { fileByFilename: 'heddle/v1/cni.proto' },
    { fileContainingSymbol: 'heddle.v1.CniRequest' },
    { fileContainingSymbol: 'heddle.v1.Cni.Add' },
    { fileContainingSymbol: 'heddle.v1.EventKind' },
    { fileContainingSymbol: 'grpc.health.v1.HealthCheckResponse.ServingStatus' },
  ];
  const answers = await converse(connect(t, socketPath).connection, questions);
  const names = answers.map(({ fileDescriptorResponse }) => {
    const [bytes = new Uint8Array()] = fileDescriptorResponse?.fileDescriptorProto ?? [];
    return (descriptor.FileDescriptorProto.decode(bytes) as { name?: string }).name;
  });
  t.strictSame(names, [
    'heddle/v1/cni.proto',
    'heddle/v1/cni.proto',
    'heddle/v1/cni.proto',
    'heddle/v1/dataplane.proto',
    'grpc/health/v1/health.proto',
  ]);
});

t.test('what is not there is refused within the stream, which goes on', async t => {
  const { socketPath } = await serve(t);
  const questions: Request[] = [
    { fileByFilename: 'no.proto' },
    { fileContainingSymbol: '.heddle.v1.Cni' },
    { allExtensionNumbersOfType: 'heddle.v1.CniRequest' },
    { fileContainingExtension: { containingType: 'heddle.v1.CniRequest', extensionNumber: 1 } },
    {},
    { host: 'localhost', listServices: '' },
  ];
  const answers = await converse(connect(t, socketPath).connection, questions);
  const codes = answers.map(({ errorResponse }) => errorResponse?.errorCode);
  const { NOT_FOUND, INVALID_ARGUMENT } = status;
  t.strictSame(codes, [NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, INVALID_ARGUMENT, undefined]);
  t.match(answers.at(-1), { validHost: 'localhost', originalRequest: { host: 'localhost' } });
});

t.test('a thousand questions are answered to a reader that takes its time', async t => {
  const { socketPath } = await serve(t);
  const questions = Array.from({ length: 1_000 }, () => ({ fileByFilename: 'heddle/v1/dataplane.proto' }));
  t.equal((await converse(connect(t, socketPath).connection, questions)).length, 1_000);
});
