/** What a receiver takes unless its option `maxBodyBytes` says otherwise. */
export const maxBodyBytes: number = 5 * 1024 * 1024;
