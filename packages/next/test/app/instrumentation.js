export async function register() {
  // Without the file another test serves this app, from a process of its own.
  if (process.env.NEXT_RUNTIME === 'nodejs' && process.env.INBOX_FILE !== undefined) {
    const { POST } = await import('./app/inbox/route.js');
    const receiver = POST.start();
    process.once('SIGTERM', () => void receiver.close().then(() => process.exit()));
  }
}
