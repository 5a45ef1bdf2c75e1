// One .proto file as reflection hands it out.

export interface DescriptorFile {
  /** Path as imports name it: `heddle/v1/cni.proto`. */
  readonly name: string;
  /** Names of the files it imports. */
  readonly imports: readonly string[];
  /** Fully qualified names that it declares: services, methods, messages, enums. */
  readonly symbols: readonly string[];
  /** Serialised google.protobuf.FileDescriptorProto. */
  readonly base64: string;
}
