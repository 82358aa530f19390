/** An event of a stream. */
export interface ServerEvent {
  /** Empty for "message". */
  readonly name: string;
  /** Of this event, or of the last one that had any; empty for none. */
  readonly id: string;
  readonly data: string;
  /** Milliseconds to wait before coming again, if the event says so. */
  readonly retry?: number;
}

/** The settings of a call that is answered with events. */
export interface EventOptions extends CallOptions {
  /** The event to go on after. */
  readonly lastEventId?: string | undefined;
  /**
   * Whether to send the request again, with Last-Event-ID, when the stream ends or the connection
   * is lost, or the server answers 408, 425, 429 or 5xx. Status 204 ends it.
   */
  readonly reconnect?: boolean | undefined;
}
