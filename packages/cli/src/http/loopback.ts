/** Whether a host name of a URL means this machine. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    // Nobody's address in particular: who connects to it lands here. URLs write ::ffff:127.0.0.1 in hex.
    ['0.0.0.0', '::', '::1', '::ffff:0:0'].includes(name) ||
    /^127(\.\d{1,3}){3}$|^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(name)
  );
}
