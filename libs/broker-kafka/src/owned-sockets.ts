// The sockets of one kafkajs cluster, which end with it. kafkajs 2.2.4 loses sight of one when two of its calls reconnect at once, and a process with a forgotten socket never ends; and it waits for ever
// for the answer of one that broke while it was being closed.
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import socketFactory from 'kafkajs/src/network/socketFactory.js';

export interface OwnedSockets {
  /** Given to kafkajs. */
  readonly make: ISocketFactory;
  /** Calls kafkajs's own disconnect, which waits for answers, until it is done or no socket is left; then ends every socket, and any that is made later. Never rejects. */
  end(disconnect: () => Promise<void>): Promise<void>;
}

export function ownSockets(): OwnedSockets {
  const make = socketFactory();
  const open = new Set<Socket>();
  const none = Promise.withResolvers<void>();
  let [ending, over] = [false, false];
  const closed = (): Error => new Error('Closed connection');
  return {
    make: (place) => {
      const socket = make(place);
      open.add(socket);
      socket.once('close', () => { open.delete(socket); if (ending && open.size === 0) none.resolve(); });
      if (over) socket.destroy(closed());
      return socket;
    },
    async end(disconnect) {
      ending = true;
      if (open.size === 0) none.resolve();
      await Promise.race([disconnect().catch(() => {}), none.promise]);
      over = true;
      for (const socket of open) socket.destroy(closed()); // told as an error: what waits on it is rejected
    },
  };
}
