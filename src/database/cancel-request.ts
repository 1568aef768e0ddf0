import { createConnection } from 'node:net';

const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_TIMEOUT_MS = 2_000;

export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Sends PostgreSQL's CancelRequest, which needs neither login nor a second session.
 * Resolves when the server closed the socket, or after two seconds: a cancel is a wish, not a promise.
 * Source: PostgreSQL documentation, "Frontend/Backend Protocol", Canceling Requests in Progress.
 */
export async function sendCancelRequest(target: CancelTarget): Promise<void> {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(target.processId, 8);
  message.writeInt32BE(target.secretKey, 12);

  const socket = target.host.startsWith('/')
    ? createConnection(`${target.host}/.s.PGSQL.${String(target.port)}`)
    : createConnection(target.port, target.host);
  await new Promise<void>((resolve) => {
    socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      resolve();
    });
    socket.on('connect', () => socket.end(message));
    socket.resume();
  });
}
