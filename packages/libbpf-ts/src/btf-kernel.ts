// BTF that the kernel holds, by id.
import { bpfFd, Command, readInfo } from './bpf-call.ts';
import { parseBtf } from './btf-reader.ts';
import type { Btf } from './btf-types.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

const idAttr = kernelStruct({ id: 'u32', nextId: 'u32', openFlags: 'u32' });
const btfInfo = kernelStruct({ btf: 'pointer', size: 'u32', id: 'u32' });

/** Reads it whole: once for its size, once for its bytes. */
export function btfOfKernel(id: number): Btf {
  const subject = `BTF ${id}`;
  const fd = bpfFd(Command.BTF_GET_FD_BY_ID, idAttr.encode({ id }), { operation: 'open', subject });
  try {
    const size = infoWith(fd, undefined, subject);
    const bytes = new Uint8Array(size);
    infoWith(fd, bytes, subject);
    return parseBtf(bytes);
  } finally {
    fd[Symbol.dispose]();
  }
}

function infoWith(fd: Fd, bytes: Uint8Array | undefined, subject: string): number {
  const info = btfInfo.encode(bytes === undefined ? {} : { btf: bytes, size: bytes.byteLength });
  readInfo(fd, info, subject);
  return btfInfo.decode(info.bytes).size;
}
