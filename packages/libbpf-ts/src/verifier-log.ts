// What libbpf said of a load that failed, and the verifier's log within it.
import { BpfError, systemError } from './errors.ts';
import { permissionHint } from './permission-hint.ts';

const BEGIN = /^libbpf: prog '(.*)': -- BEGIN PROG LOAD LOG --$/;
const END = /^-- END PROG LOAD LOG --$/;
/** The verifier's own closing statistics: they tell nothing about the refusal. */
const STATISTICS = /^(processed \d+ insns|verification time|stack depth|max_states)/;

interface VerifierLog {
  readonly program: string;
  readonly lines: readonly string[];
}

/** The error of a failed load: VERIFIER if the verifier spoke, else what the errno means. */
export function loadError(errno: number, subject: string, captured: string): BpfError {
  const lines = captured.split('\n').filter(line => line !== '');
  const verifier = findVerifierLog(lines);
  const plain = systemError(errno, 'load', subject);
  if (verifier === undefined) return withHint(withLog(plain, lines));
  const text = summary(verifier.lines) || plain.message;
  return new BpfError('VERIFIER', 'load', `${subject} ${verifier.program}`, {
    text,
    log: lines,
    cause: plain,
  });
}

/** The error of another call into libbpf, with its own sentence. */
export function libbpfError(errno: number, operation: string, subject: string, captured: string): BpfError {
  const lines = captured.split('\n').filter(line => line !== '');
  return withLog(systemError(errno, operation, subject), lines);
}

function findVerifierLog(lines: readonly string[]): VerifierLog | undefined {
  const begin = lines.findIndex(line => BEGIN.test(line));
  const end = lines.findIndex((line, index) => index > begin && END.test(line));
  const program = BEGIN.exec(lines[begin] ?? '')?.[1];
  return program === undefined
    ? undefined
    : { program, lines: lines.slice(begin + 1, end < 0 ? undefined : end) };
}

/** The verifier's verdict is its last sentence; the instruction before it says where. */
function summary(lines: readonly string[]): string {
  const telling = lines.filter(line => !STATISTICS.test(line));
  const shown = telling.slice(-2).map(line => line.trim());
  const omitted = lines.length - shown.length;
  return [...shown, ...(omitted > 0 ? [`(${omitted} lines omitted)`] : [])].join(': ').replace(': (', ' (');
}

/** These lines only say again that the load failed, or guess at a limit that kernels since 5.11 do not have. */
const REPETITION = /failed to load( object|:)|permission error while running as root/;

/** libbpf's own sentence says more than an errno does. */
function withLog(error: BpfError, lines: readonly string[]): BpfError {
  const said = lines.findLast(line => !REPETITION.test(line))?.replace(/^libbpf: /, '');
  const sentence = error.message.slice(error.message.lastIndexOf(': ') + 2);
  const text = said === undefined ? sentence : `${sentence}: ${said}`;
  return new BpfError(error.code, error.operation, error.subject, { text, log: lines });
}

/** EPERM has reasons that neither the kernel nor libbpf tells. */
function withHint(error: BpfError): BpfError {
  const hint = error.code === 'EPERM' ? permissionHint() : undefined;
  if (hint === undefined) return error;
  const { code, operation, subject, log } = error;
  return new BpfError(code, operation, subject, { text: hint, log });
}
