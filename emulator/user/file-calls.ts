/** System calls for files: the three standard streams, and files for reading where the outside gives some. */
import type { Kernel, OpenDescriptor } from './kernel';
import { type CallResult, type SystemCallRow, call, error } from './call';

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
  call(179, 'pread64',    4, (kernel, [fd, to, length, at]) => readAt(kernel, fd, to, length, at)),
  call(19,  'lseek',      3, (kernel, [fd, offset, whence]) => seek(kernel, fd, offset, whence)),
  call(5,   'open',       3, (kernel, [path, flags]) => open(kernel, path, flags)),
  call(286, 'openat',     4, (kernel, [folder, path, flags]) => openAt(kernel, folder, path, flags)),
  call(6,   'close',      1, (kernel, [fd]) => close(kernel, fd)),
  call(108, 'fstat',      2, (kernel, [fd, to]) => stat(kernel, Number(fd), to)),
  call(291, 'newfstatat', 4, (kernel, [folder, path, to, flags]) => statAt(kernel, folder, path, to, flags)),
  call(54,  'ioctl',      3, (_, [fd]) => (fd < 3n ? error('ENOTTY') : error('EBADF'))),
  call(55,  'fcntl',      3, (kernel, [fd]) => (fd < 3n || kernel.files.has(Number(fd)) ? 0 : error('EBADF'))),
  call(33,  'access',     2, (kernel, [path]) => access(kernel, path)),
  call(298, 'faccessat',  3, (kernel, [, path]) => access(kernel, path)),
  call(439, 'faccessat2', 4, (kernel, [, path]) => access(kernel, path)),
  call(85,  'readlink',   3, (kernel, [path, to, length]) => readLink(kernel, path, to, length)),
  call(296, 'readlinkat', 4, (kernel, [, path, to, length]) => readLink(kernel, path, to, length)),
  call(182, 'getcwd',     2, (kernel, [to, length]) => (length < 2n ? error('ERANGE') : positive(kernel.write(to, new Uint8Array([47, 0])), 2))),
  call(167, 'poll',       3, (_, [, count]) => Number(count)),
];

const positive = (done: number, value: number): number => (done < 0 ? done : value);
const small = (length: bigint): number => Number(length > BigInt(PIECE_BYTES) ? PIECE_BYTES : length);

function read(kernel: Kernel, fd: bigint, to: bigint, length: bigint): CallResult {
  if (fd !== 0n) {
    const file = kernel.files.get(Number(fd));
    if (!file) return error('EBADF');
    const done = readAt(kernel, fd, to, length, BigInt(file.position));
    if (done > 0) file.position += done;
    return done;
  }
  // Standard input is taken only when it can be put somewhere.
  if (length === 0n) return 0;
  if (!kernel.writable(to, small(length))) return error('EFAULT');
  const bytes = kernel.io.read(small(length));
  if (!bytes) return { wait: 'input' };
  return positive(kernel.write(to, bytes), bytes.length);
}

function readAt(kernel: Kernel, fd: bigint, to: bigint, length: bigint, at: bigint): number {
  const file = kernel.files.get(Number(fd));
  if (!file) return fd < 3n ? error('ESPIPE') : error('EBADF');
  if (file.open.directory) return error('EISDIR');
  const bytes = file.open.read(Number(at), small(length));
  return positive(kernel.write(to, bytes), bytes.length);
}

function write(kernel: Kernel, fd: bigint, from: bigint, length: bigint): CallResult {
  if (fd !== 1n && fd !== 2n) return kernel.files.has(Number(fd)) ? error('EROFS') : error('EBADF');
  const bytes = kernel.read(from, small(length));
  if (!bytes) return error('EFAULT');
  kernel.output(fd === 1n ? 1 : 2, bytes);
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
  const file = kernel.files.get(Number(fd));
  if (!file) return fd < 3n ? error('ESPIPE') : error('EBADF');
  const base = whence === 0n ? 0 : whence === 1n ? file.position : whence === 2n ? file.open.size : undefined;
  const to = base === undefined ? -1 : base + Number(BigInt.asIntN(64, offset));
  if (to < 0) return error('EINVAL');
  file.position = to;
  return to;
}

function openAt(kernel: Kernel, folder: bigint, path: bigint, flags: bigint): number {
  const name = kernel.space.text(Number(path));
  if (name === undefined) return error('EFAULT');
  if (!name.startsWith('/') && Number(BigInt.asIntN(32, folder)) !== CURRENT_FOLDER) return error('ENOENT');
  return open(kernel, path, flags);
}

/** O_ACCMODE, O_CREAT, O_DIRECTORY (arch/powerpc/include/uapi/asm/fcntl.h). */
const [ACCESS_MODE, CREATE, DIRECTORY] = [3n, 0o100n, 0o40000n];

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
  return kernel.addFile({ open: file, path: name, position: 0 }) ?? error('EMFILE');
}

/** The working folder is the root. */
const absolute = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

function close(kernel: Kernel, fd: bigint): number {
  const file = kernel.files.get(Number(fd));
  if (!file) return fd < 3n ? 0 : error('EBADF');
  file.open.close();
  kernel.files.delete(Number(fd));
  return 0;
}

/** Kinds of files in st_mode: a pipe for the standard streams, folders, files. */
const MODE = { stream: 0o10600, folder: 0o40755, file: 0o100644 } as const;

function stat(kernel: Kernel, fd: number, to: bigint): number {
  if (fd >= 0 && fd < 3) return writeStat(kernel, to, MODE.stream, 0, fd + 1);
  const file = kernel.files.get(fd);
  return file ? statOf(kernel, file.open, fd, to) : error('EBADF');
}

const statOf = (kernel: Kernel, file: OpenDescriptor['open'], inode: number, to: bigint): number =>
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
  if (name === '' && (flags & EMPTY_PATH) !== 0n) return stat(kernel, Number(BigInt.asIntN(32, folder)), to);
  const file = kernel.io.open?.(absolute(name));
  if (!file) return error('ENOENT');
  const done = statOf(kernel, file, 1000, to);
  file.close();
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
  if (name !== '/proc/self/exe') return error(kernel.io.open?.(absolute(name)) ? 'EINVAL' : 'ENOENT');
  const bytes = new TextEncoder().encode(kernel.executable).subarray(0, small(length));
  return positive(kernel.write(to, bytes), bytes.length);
}
