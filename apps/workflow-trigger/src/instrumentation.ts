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
    // Often both come: Ctrl-C reaches all processes of a terminal, and the one that started this passes on its own.
    const signal = new Promise((come) => process.once('SIGTERM', come).once('SIGINT', come));
    void signal.then(() => receiver.close().then(shutDown).finally(process.exit));
  }
}
