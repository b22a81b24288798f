/** Next calls this once, before it takes requests: what a killed server left goes on without waiting for one. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { POST } = await import('./app/webhooks/twenty/route.ts');
    const { launch } = await import('./lib/dbos.ts');
    const shutDown = await launch().catch((error) => {
      console.error(error);
      process.exit(1);
    });
    const receiver = POST.start();
    const end = () => receiver.close().then(shutDown).finally(process.exit);
    process.once('SIGTERM', end).once('SIGINT', end);
  }
}
