// Package ws serves WebSockets (RFC 6455), on github.com/coder/websocket.
//
// A handler takes an [Upgrade] and returns what it makes of it:
//
//	//handlergen:route GET /echo
//	func Echo(up ws.Upgrade) http.Handler {
//		return up.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
//			for message := range conn.Messages() {
//				if err := conn.Write(ctx, message); err != nil {
//					return
//				}
//			}
//		})
//	}
//
// Other parameters are read as always, so that who may not enter is refused
// before there is a connection. A handler without an Upgrade for a parameter
// writes ws.Upgrade{}.OnUpgrade(…), which checks the request by itself. With
// runtime.Optional[ws.Upgrade] one path serves a page and its socket.
//
// # Refusals
//
// A request that is not one for a WebSocket is refused before the handler is
// called, as every wrong request is:
//
//	405  another method than GET; with Allow
//	400  no "upgrade" in Connection, no "websocket" in Upgrade, a missing or
//	     malformed Sec-WebSocket-Key, another Sec-WebSocket-Version than 13
//	426  a protocol, or a writer, that has no connection to take over: HTTP/1.0,
//	     HTTP/2, a test without a server
//	403  a page of another origin, see [Config.Origins]
//
// Browsers do not hold back scripts of other sites from WebSockets, and send
// cookies along. Pages of other origins are therefore refused unless they are
// listed. Clients that are no browsers send no Origin and are not affected.
//
// # The life of a connection
//
// The function given to [Upgrade.OnUpgrade] runs in the goroutine of the
// request, and the connection is closed when it returns. Its context has the
// values of the request's context but none of its deadlines. It ends, with a
// [*CloseError] as its cause, as soon as the connection does:
//
//   - the peer closes it or goes away, which is noticed by a ping every
//     [Config.PingInterval] at the latest;
//   - no message has come for [Config.IdleTimeout];
//   - a message could not be written within [Config.WriteTimeout];
//   - the peer breaks the protocol;
//   - the server drains (runtime/drain), which waits until the function has
//     returned.
//
// Messages are read ahead by one, whether or not the function reads, so that
// pings are answered and the end is seen. A function that only writes calls
// [Conn.Discard], lest the first message that the peer sends hide what follows:
// that the peer has gone is then noticed when something is written to it, a ping
// at the latest.
//
// # Close codes
//
//	1000  the function has returned, or what it gave to [Conn.Close]
//	1001  the server drains, or the connection was idle
//	1002  the peer broke the protocol: frames without a mask, unknown opcodes
//	1003  [Conn.ReadJSON] got a binary message
//	1007  a text message is not UTF-8, or not what ReadJSON wants
//	1009  a message is longer than [Config.MaxMessage]
//	1011  the function has panicked, which is logged
//
// There is no compression: per-message deflate costs more memory for each
// connection than it is worth for most.
package ws
