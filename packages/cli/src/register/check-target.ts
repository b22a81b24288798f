import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../http/loopback.ts';

/** Say what keeps Twenty from reaching a target, and what is not safe about it. */
export function targetWarnings(url: URL): readonly string[] {
  const warnings: string[] = [];
  const isPrivate = isPrivateHost(url.hostname);
  if (isLoopback(url.hostname)) {
    warnings.push(
      `${url.hostname} is the machine of Twenty's server, not yours, and Twenty refuses it silently unless OUTBOUND_HTTP_ALLOWED_INTERNAL_HOSTS of its worker names it. Use the public address of your server, or that of a tunnel.`,
    );
  } else if (isPrivate) {
    warnings.push(
      `${url.hostname} is a private address: Twenty refuses those silently, unless OUTBOUND_HTTP_ALLOWED_INTERNAL_HOSTS of its worker names it.`,
    );
  } else if (url.protocol === 'http:') {
    warnings.push('http:// sends what the CRM knows over the internet without encryption. Use https://.');
  }
  if (url.username !== '' || url.password !== '') {
    warnings.push(
      'The URL holds a user or a password, which everybody sees who may see webhooks in Twenty. The signature is what shows that a delivery is genuine.',
    );
  }
  return warnings;
}

/** Whether a host name of a URL is of a network that is not the internet, as far as the name tells. */
export function isPrivateHost(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isLoopback(name)) return true;
  const family = isIP(name);
  if (family !== 0) return privateAddresses.check(name, family === 6 ? 'ipv6' : 'ipv4');
  return !name.includes('.') || /\.(local|internal|lan|intranet|home\.arpa|localdomain)$/.test(name);
}

const privateAddresses = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // For tests of networks; multicast; reserved, and broadcast.
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  privateAddresses.addSubnet(network, bits, 'ipv4');
}
// Unspecified, loopback, unique local, link-local, multicast, NAT64. IPv4 in IPv6 counts as IPv4.
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
] as const) {
  privateAddresses.addSubnet(network, bits, 'ipv6');
}
