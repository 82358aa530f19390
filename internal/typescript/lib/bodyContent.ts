/** A body of any content. Not all browsers can send streams. */
export type BodyContent = Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array> | string;
