// A wire that can be cut: passes connections on to the house, until told to drop them all. And a proxy that collects answers.

import { once } from 'node:events';
import { createServer as createHttp, request } from 'node:http';
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

/**
 * A proxy that collects an answer to its end before it passes it on, as usual ones do with what they may: `heads` passes the
 * head on at once and keeps the body, `heeds` lets through what says that it is not to be collected.
 */
export async function collectorBefore(house, { heads = false, heeds = false } = {}) {
  const { port } = new URL(house.origin);
  const server = createHttp((asked, answer) => {
    const { method, url: path, headers } = asked;
    const far = request({ host: '127.0.0.1', port, method, path, headers }, (said) => {
      if (heads || (heeds && said.headers['x-accel-buffering'] === 'no')) {
        answer.writeHead(said.statusCode, said.rawHeaders);
        answer.flushHeaders();
      }
      if (heeds && said.headers['x-accel-buffering'] === 'no') return said.pipe(answer);
      const parts = [];
      said.on('data', (part) => parts.push(part));
      said.on('end', () => {
        if (!answer.headersSent) answer.writeHead(said.statusCode, said.rawHeaders);
        answer.end(Buffer.concat(parts));
      });
      said.on('error', () => answer.destroy());
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    asked.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    house: { ...house, origin },
    by: (address) => address.replace(house.origin, origin),
    close: () => { server.closeAllConnections(); server.close(); },
  };
}
