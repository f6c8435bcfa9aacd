/** System calls for files: the three standard streams, and files for reading where the outside gives some. */
import { type CallResult, type SystemCallRow, call, error } from './call';
import type { Description } from './descriptors';
import type { OpenFile } from './io';
import type { Kernel } from './kernel';

/** Largest piece of one read or write. */
const PIECE_BYTES = 1 << 20;
/** AT_FDCWD and AT_EMPTY_PATH. */
const CURRENT_FOLDER = -100;
const EMPTY_PATH = 0x1000n;

// prettier-ignore
export const FILE_CALLS: readonly SystemCallRow[] = [
  call(3,   'read',       3, (kernel, [fd, to, length]) => read(kernel, fd, to, length)),
  call(4,   'write',      3, (kernel, [fd, from, length]) => write(kernel, fd, from, length)),
  call(145, 'readv',      3, (kernel, [fd, vector, count]) => vectored(kernel, vector, count, (at, length) => read(kernel, fd, at, length))),
  call(146, 'writev',     3, (kernel, [fd, vector, count]) => vectored(kernel, vector, count, (at, length) => write(kernel, fd, at, length))),
  call(179, 'pread64',    4, (kernel, [fd, to, length, at]) => readAt(kernel, kernel.descriptors.get(fd), to, length, at)),
  call(19,  'lseek',      3, (kernel, [fd, offset, whence]) => seek(kernel, fd, offset, whence)),
  call(5,   'open',       3, (kernel, [path, flags]) => open(kernel, path, flags)),
  call(286, 'openat',     4, (kernel, [folder, path, flags]) => openAt(kernel, folder, path, flags)),
  call(6,   'close',      1, (kernel, [fd]) => (kernel.descriptors.close(fd) ? 0 : error('EBADF'))),
  call(41,  'dup',        1, (kernel, [fd]) => copy(kernel, fd, 0n)),
  call(63,  'dup2',       2, (kernel, [fd, to]) => copyTo(kernel, fd, to)),
  call(316, 'dup3',       3, (kernel, [fd, to]) => (fd === to ? error('EINVAL') : copyTo(kernel, fd, to))),
  call(55,  'fcntl',      3, (kernel, [fd, command, value]) => control(kernel, fd, command, value)),
  call(108, 'fstat',      2, (kernel, [fd, to]) => stat(kernel, fd, to)),
  call(291, 'newfstatat', 4, (kernel, [folder, path, to, flags]) => statAt(kernel, folder, path, to, flags)),
  call(202, 'getdents64', 3, (kernel, [fd, to, length]) => entries(kernel, fd, to, length)),
  call(54,  'ioctl',      3, (kernel, [fd]) => (kernel.descriptors.get(fd) ? error('ENOTTY') : error('EBADF'))),
  call(33,  'access',     2, (kernel, [path]) => access(kernel, path)),
  call(298, 'faccessat',  3, (kernel, [, path]) => access(kernel, path)),
  call(439, 'faccessat2', 4, (kernel, [, path]) => access(kernel, path)),
  call(85,  'readlink',   3, (kernel, [path, to, length]) => readLink(kernel, path, to, length)),
  call(296, 'readlinkat', 4, (kernel, [, path, to, length]) => readLink(kernel, path, to, length)),
  call(182, 'getcwd',     2, (kernel, [to, length]) => (length < 2n ? error('ERANGE') : positive(kernel.write(to, new Uint8Array([47, 0])), 2))),
  call(167, 'poll',       3, (kernel, [events, count]) => poll(kernel, events, count)),
];

const positive = (done: number, value: number): number => (done < 0 ? done : value);
const small = (length: bigint): number => Number(length > BigInt(PIECE_BYTES) ? PIECE_BYTES : length);

// -- reading and writing ----------------------------------------------------------------------------------------------

function read(kernel: Kernel, fd: bigint, to: bigint, length: bigint): CallResult {
  const description = kernel.descriptors.get(fd);
  if (description?.kind === 'file') {
    const done = readAt(kernel, description, to, length, BigInt(description.position));
    if (done > 0) description.position += done;
    return done;
  }
  if (description?.stream !== 0) return error('EBADF');
  // Standard input is taken only when it can be put somewhere.
  if (length === 0n) return 0;
  if (!kernel.writable(to, small(length))) return error('EFAULT');
  const bytes = kernel.io.read(small(length));
  if (!bytes) return { wait: 'input' };
  return positive(kernel.write(to, bytes), bytes.length);
}

function readAt(kernel: Kernel, from: Description | undefined, to: bigint, length: bigint, at: bigint): number {
  if (from?.kind !== 'file') return from ? error('ESPIPE') : error('EBADF');
  if (from.file.directory) return error('EISDIR');
  const bytes = from.file.read(Number(at), small(length));
  return positive(kernel.write(to, bytes), bytes.length);
}

function write(kernel: Kernel, fd: bigint, from: bigint, length: bigint): CallResult {
  const description = kernel.descriptors.get(fd);
  if (description?.kind === 'file') return error('EROFS');
  if (!description || description.stream === 0) return error('EBADF');
  const bytes = kernel.read(from, small(length));
  if (!bytes) return error('EFAULT');
  kernel.output(description.stream, bytes);
  return bytes.length;
}

/** One call for each part; a part that is short ends it. */
function vectored(
  kernel: Kernel,
  vector: bigint,
  count: bigint,
  each: (at: bigint, length: bigint) => CallResult,
): CallResult {
  if (count > 1024n) return error('EINVAL');
  let total = 0;
  for (let i = 0n; i < count; i++) {
    const at = kernel.get(vector + 16n * i);
    const length = kernel.get(vector + 16n * i + 8n);
    if (at === undefined || length === undefined) return total > 0 ? total : error('EFAULT');
    if (length === 0n) continue;
    const done = each(at, length);
    if (typeof done !== 'number' || done < 0) return total > 0 ? total : done;
    total += done;
    if (BigInt(done) < length) break;
  }
  return total;
}

function seek(kernel: Kernel, fd: bigint, offset: bigint, whence: bigint): number {
  const description = kernel.descriptors.get(fd);
  if (description?.kind !== 'file') return description ? error('ESPIPE') : error('EBADF');
  const { file, position } = description;
  const base = whence === 0n ? 0 : whence === 1n ? position : whence === 2n ? file.size : undefined;
  const to = base === undefined ? -1 : base + Number(BigInt.asIntN(64, offset));
  if (to < 0) return error('EINVAL');
  description.position = to;
  return to;
}

/** struct pollfd: descriptor, events, what of them there is. Reading and writing never wait here but for standard input. */
function poll(kernel: Kernel, events: bigint, count: bigint): number {
  if (count > 256n) return error('EINVAL');
  let ready = 0;
  for (let at = events; at < events + 8n * count; at += 8n) {
    const bytes = kernel.read(at, 8);
    if (!bytes) return error('EFAULT');
    const view = new DataView(bytes.buffer);
    const le = kernel.littleEndian;
    const fd = view.getInt32(0, le);
    const known = fd >= 0 && kernel.descriptors.get(BigInt(fd)) !== undefined;
    const found = fd < 0 ? 0 : known ? view.getInt16(4, le) & (POLL.in | POLL.out) : POLL.invalid;
    view.setInt16(6, found, le);
    if (kernel.write(at, bytes) < 0) return error('EFAULT');
    if (found !== 0) ready++;
  }
  return ready;
}
const POLL = { in: 1, out: 4, invalid: 0x20 } as const;

// -- descriptors ------------------------------------------------------------------------------------------------------

function copy(kernel: Kernel, fd: bigint, from: bigint): number {
  const description = kernel.descriptors.get(fd);
  if (!description) return error('EBADF');
  return kernel.descriptors.copy(description, Number(from)) ?? error('EMFILE');
}

function copyTo(kernel: Kernel, fd: bigint, to: bigint): number {
  const description = kernel.descriptors.get(fd);
  if (!description) return error('EBADF');
  return fd === to ? Number(fd) : (kernel.descriptors.copyTo(description, to) ?? error('EBADF'));
}

/** Commands of fcntl (asm-generic/fcntl.h). */
const F = { DUPFD: 0n, GETFD: 1n, SETFD: 2n, GETFL: 3n, SETFL: 4n, DUPFD_CLOEXEC: 1030n } as const;
const OPEN_FOR_WRITING = 1;

function control(kernel: Kernel, fd: bigint, command: bigint, value: bigint): number {
  const { descriptors } = kernel;
  const description = descriptors.get(fd);
  if (!description) return error('EBADF');
  switch (command) {
    case F.DUPFD:
    case F.DUPFD_CLOEXEC: {
      const made = value > 255n ? error('EINVAL') : copy(kernel, fd, value);
      if (made >= 0) descriptors.setClosesOnExec(BigInt(made), command === F.DUPFD_CLOEXEC);
      return made;
    }
    case F.GETFD:
      return descriptors.closesOnExec(fd) ? 1 : 0;
    case F.SETFD:
      descriptors.setClosesOnExec(fd, (value & 1n) !== 0n);
      return 0;
    case F.GETFL:
      return description.kind === 'stream' && description.stream !== 0 ? OPEN_FOR_WRITING : 0;
    case F.SETFL:
      return 0;
    default:
      return error('EINVAL');
  }
}

// -- names ------------------------------------------------------------------------------------------------------------

function openAt(kernel: Kernel, folder: bigint, path: bigint, flags: bigint): number {
  const name = kernel.space.text(Number(path));
  if (name === undefined) return error('EFAULT');
  if (!name.startsWith('/') && Number(BigInt.asIntN(32, folder)) !== CURRENT_FOLDER) return error('ENOENT');
  return open(kernel, path, flags);
}

/** O_ACCMODE, O_CREAT, O_DIRECTORY, O_CLOEXEC (arch/powerpc/include/uapi/asm/fcntl.h). */
const [ACCESS_MODE, CREATE, DIRECTORY, CLOSE_ON_EXEC] = [3n, 0o100n, 0o40000n, 0o2000000n];

function open(kernel: Kernel, path: bigint, flags: bigint): number {
  const name = kernel.space.text(Number(path));
  if (name === undefined) return error('EFAULT');
  const file = kernel.io.open?.(absolute(name));
  if (!file) return (flags & CREATE) === 0n ? error('ENOENT') : error('EROFS');
  const refusal =
    (flags & ACCESS_MODE) !== 0n ? 'EROFS' : (flags & DIRECTORY) !== 0n && !file.directory ? 'ENOTDIR' : undefined;
  if (refusal) {
    file.close();
    return error(refusal);
  }
  const fd = kernel.descriptors.open(file);
  if (fd === undefined) return error('EMFILE');
  kernel.descriptors.setClosesOnExec(BigInt(fd), (flags & CLOSE_ON_EXEC) !== 0n);
  return fd;
}

/** The working folder is the root. */
const absolute = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

/** Kinds of files in st_mode: a pipe for the standard streams, folders, files. */
const MODE = { stream: 0o10600, folder: 0o40755, file: 0o100644 } as const;

function stat(kernel: Kernel, fd: bigint, to: bigint): number {
  const description = kernel.descriptors.get(fd);
  if (!description) return error('EBADF');
  if (description.kind === 'stream') return writeStat(kernel, to, MODE.stream, 0, Number(fd) + 1);
  return statOf(kernel, description.file, Number(fd), to);
}

const statOf = (kernel: Kernel, file: OpenFile, inode: number, to: bigint): number =>
  writeStat(kernel, to, file.directory ? MODE.folder : MODE.file, file.size, inode + 1);

/** struct stat (arch/powerpc/include/uapi/asm/stat.h). */
function writeStat(kernel: Kernel, to: bigint, mode: number, size: number, inode: number): number {
  const view = new DataView(new ArrayBuffer(144));
  const le = kernel.littleEndian;
  view.setBigUint64(8, BigInt(inode), le);
  view.setBigUint64(16, 1n, le);
  view.setUint32(24, mode, le);
  view.setUint32(28, 1000, le);
  view.setUint32(32, 1000, le);
  view.setBigUint64(48, BigInt(size), le);
  view.setBigUint64(56, 4096n, le);
  view.setBigUint64(64, BigInt(Math.ceil(size / 512)), le);
  return kernel.write(to, new Uint8Array(view.buffer));
}

function statAt(kernel: Kernel, folder: bigint, path: bigint, to: bigint, flags: bigint): number {
  const name = kernel.space.text(Number(path));
  if (name === undefined) return error('EFAULT');
  if (name === '' && (flags & EMPTY_PATH) !== 0n) return stat(kernel, BigInt.asUintN(32, folder), to);
  const file = kernel.io.open?.(absolute(name));
  if (!file) return error('ENOENT');
  const done = statOf(kernel, file, 1000, to);
  file.close();
  return done;
}

/** Kinds of files in d_type, and the bytes of struct linux_dirent64 before the name. */
const KIND = { folder: 4, file: 8 } as const;
const ENTRY_HEAD_BYTES = 19;

/** Entries of a folder, from the descriptor's position on: as many as there is room for. */
function entries(kernel: Kernel, fd: bigint, to: bigint, length: bigint): number {
  const description = kernel.descriptors.get(fd);
  if (!description) return error('EBADF');
  if (description.kind === 'stream' || !description.file.directory) return error('ENOTDIR');
  const own = ['.', '..'].map((name) => ({ name, directory: true }));
  const all = [...own, ...(description.file.entries?.() ?? [])];
  let done = 0;
  for (const { name, directory } of all.slice(description.position)) {
    const text = new TextEncoder().encode(name);
    const size = Math.ceil((ENTRY_HEAD_BYTES + text.length + 1) / 8) * 8;
    if (done + size > small(length)) return done > 0 ? done : error('EINVAL');
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(1000 + description.position), kernel.littleEndian);
    view.setBigUint64(8, BigInt(description.position + 1), kernel.littleEndian);
    view.setUint16(16, size, kernel.littleEndian);
    view.setUint8(18, directory ? KIND.folder : KIND.file);
    bytes.set(text, ENTRY_HEAD_BYTES);
    if (kernel.write(to + BigInt(done), bytes) < 0) return error('EFAULT');
    done += size;
    description.position++;
  }
  return done;
}

function access(kernel: Kernel, path: bigint): number {
  const name = kernel.space.text(Number(path));
  if (name === undefined) return error('EFAULT');
  const file = kernel.io.open?.(absolute(name));
  file?.close();
  return file ? 0 : error('ENOENT');
}

/** The only link that there is says where the program lies. */
function readLink(kernel: Kernel, path: bigint, to: bigint, length: bigint): number {
  const name = kernel.space.text(Number(path));
  if (name === undefined) return error('EFAULT');
  if (name !== '/proc/self/exe') return access(kernel, path) === 0 ? error('EINVAL') : error('ENOENT');
  const bytes = new TextEncoder().encode(kernel.executable).subarray(0, small(length));
  return positive(kernel.write(to, bytes), bytes.length);
}
