// The user who works in the app and the API key beside it: the same in sample events and in every simulated workspace.
export const userId = '20202020-9e3b-46d4-a556-88b9ddc2b034';
export const workspaceMemberId = '20202020-463f-435b-828c-107e007a2711';
export const apiKeyId = '20202020-a91c-4d5e-8c0f-5b6e7d8f9a01';

/** The id of an object's metadata. @param number of the object, from 1 to 9 */
export const objectMetadataIdOf = (number: number): string => `0a1b2c3d-000${number}-4000-8000-00000000000${number}`;
