/** `Uint8Array<ArrayBuffer>`, which `fetch` asks for. TypeScript before 5.7 has no such type, and reads this as `Uint8Array`. */
export type BodyBytes = ReturnType<typeof Uint8Array.of>;
