/** After this Twenty has hung up, and the event is lost (a Twenty server; its guide says 30 s). */
export const twentyTimeoutMs = 5_000;
