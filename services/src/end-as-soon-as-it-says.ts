/** A flag of Node, also for `NODE_OPTIONS`: the process gets a SIGTERM the moment it has written this to its standard output. */
export function endAsSoonAsItSays(pattern: RegExp): string {
  const hook = `const { stdout } = process;
    const write = stdout.write.bind(stdout);
    stdout.write = (text, ...more) => {
      const isWritten = write(text, ...more);
      if (${pattern}.test(String(text))) process.kill(process.pid, 'SIGTERM');
      return isWritten;
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(hook)}`;
}
