/**
 * A client of gdb's remote protocol, as far as it takes to set registers, set a breakpoint and run to it.
 *
 * It talks over a socket in the file system, so that nothing listens on a network. Every answer has a time limit.
 */
import { type Socket, connect } from 'node:net';

const CONNECT_MS = 10_000;

export class GdbClient {
  private received = '';
  private waiting: ((packet: string | Error) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.received += text;
      this.deliver();
    });
    socket.on('error', (error) => this.waiting?.(error));
    socket.on('close', () => this.waiting?.(new Error('QEMU closed the connection.')));
  }

  /** Connects as soon as the socket exists. @throws Error when it does not within the time limit */
  static async connect(path: string): Promise<GdbClient> {
    const end = Date.now() + CONNECT_MS;
    for (;;) {
      const socket = await new Promise<Socket | undefined>((resolve) => {
        const candidate = connect(path);
        candidate.once('connect', () => resolve(candidate));
        candidate.once('error', () => resolve(undefined));
      });
      if (socket) return new GdbClient(socket);
      if (Date.now() > end) throw new Error('QEMU did not open the socket of its gdb stub.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close(): void {
    this.socket.destroy();
  }

  /** Sends a command and gives its answer. @throws Error when none comes in time */
  async ask(command: string, limitMs = 10_000): Promise<string> {
    let sum = 0;
    for (const char of command) sum = (sum + char.charCodeAt(0)) & 255;
    const answer = new Promise<string | Error>((resolve) => (this.waiting = resolve));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Error>((resolve) => {
      timer = setTimeout(
        () => resolve(new Error(`QEMU did not answer '${command.slice(0, 20)}' in ${limitMs} ms.`)),
        limitMs,
      );
    });
    this.socket.write(`$${command}#${sum.toString(16).padStart(2, '0')}`);
    const result = await Promise.race([answer, late]);
    clearTimeout(timer);
    this.waiting = undefined;
    if (result instanceof Error) throw result;
    return result;
  }

  /** A command that must be answered with OK. */
  async command(command: string): Promise<void> {
    const answer = await this.ask(command);
    if (answer !== 'OK') throw new Error(`QEMU answered '${command.slice(0, 20)}' with '${answer}'.`);
  }

  /** Stops a machine that runs; answers with its NIA in hexadecimal. */
  async interrupt(): Promise<string> {
    const stopped = new Promise<string | Error>((resolve) => (this.waiting = resolve));
    this.socket.write('\x03');
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, 2000))]);
    this.waiting = undefined;
    return this.ask('p40');
  }

  private deliver(): void {
    const match = /^[+-]*\$([^#]*)#../.exec(this.received);
    if (!match) return;
    this.received = this.received.slice(match[0].length);
    this.socket.write('+');
    this.waiting?.(match[1] ?? '');
  }
}
