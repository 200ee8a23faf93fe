// A wire that can be cut: passes connections on to the house, until told to drop them all.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Starts it; `house` is the same house as it is reached by this wire. */
export async function wireTo(house) {
  const { port } = new URL(house.origin);
  const open = new Set();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), '127.0.0.1');
    for (const [end, other] of [[near, far], [far, near]]) {
      open.add(end);
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => { open.delete(end); other.destroy(); });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    house: { ...house, origin },
    /** The same address by this wire. */
    by: (address) => address.replace(house.origin, origin),
    /** Drops every connection and refuses new ones. */
    cut: () => { whole = false; for (const end of open) end.destroy(); },
    mend: () => { whole = true; },
    close: () => { for (const end of open) end.destroy(); server.close(); },
  };
}
