import type { IncomingMessage } from 'node:http';

/** Why somebody does not get to see the inspector. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/**
 * Keep everybody out but the browser of this machine with the inspector's own page: what it shows is CRM data. A page
 * elsewhere could reach it through the browser (by a name that leads here, or blindly), and a stranger through the tunnel
 * that is there for the deliveries.
 *
 * @param isPage somebody opens the page, so a link from elsewhere may lead here
 */
export function refuseStrangers(
  { headers }: IncomingMessage,
  { port, isPage }: { readonly port: number; readonly isPage: boolean },
): Refusal | undefined {
  const own = `http://127.0.0.1:${port}/`;
  const proxyHeader = Object.keys(headers).find((name) => proxyHeaders.test(name));
  if (proxyHeader !== undefined) {
    const message = `The inspector is for this machine only, and this request came through a proxy or a tunnel (${proxyHeader}): open ${own} here. Deliveries go to another path: /webhooks/twenty`;
    return { code: 'CAME_THROUGH_PROXY', message };
  }
  const { host = '', origin } = headers;
  if (!isOwnHost(host, port)) {
    const message = `The inspector answers to its own address only, since any name on the internet can be made to lead here: open ${own}`;
    return { code: 'HOST_UNKNOWN', message };
  }
  const { 'sec-fetch-site': site = 'none' } = headers;
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  if (isForeign || (!isPage && site !== 'same-origin' && site !== 'none')) {
    return { code: 'ORIGIN_FOREIGN', message: 'This is for the page of the inspector only, not for other pages' };
  }
  return undefined;
}

function isOwnHost(host: string, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some(
    (name) => host.toLowerCase() === `${name}:${port}` || (port === 80 && host.toLowerCase() === name),
  );
}

// Of reverse proxies, of clouds, and of what makes tunnels: cloudflared, ngrok, localtunnel, tailscale, dev tunnels. Some
// write one, some another; a browser writes none of them.
const proxyHeaders =
  /^(forwarded|via|client-ip|true-client-ip|cdn-loop|x-real-ip|x-client-ip|x-cluster-client-ip|x-scheme|x-request-id|x-tunnel-.*|(x-forwarded|x-original|x-envoy|x-appengine|x-azure|x-arr|x-amzn?|x-vercel|x-ms|cf|fly|ngrok|tailscale)[-_].*|x-forwarded)$/;
