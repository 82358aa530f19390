// Package cookies keeps values in cookies that only the server can make: signed
// ones, which a client can read but not change, and private ones, which it
// cannot read either.
//
// A jar is a parameter of a handler and a part of its answer. Its keys come
// from the application's state, by an extractor function of three lines:
//
//	//handlergen:state
//	type App struct{ Keys cookies.Keys }
//
//	//handlergen:extractor
//	func (a *App) session(r *http.Request) cookies.Private { return a.Keys.Private(r) }
//
//	//handlergen:route POST /login
//	func Login(form runtime.Form[Credentials], jar cookies.Private) (cookies.Private, runtime.Redirect, error) {
//		…
//		return jar.Add(&http.Cookie{Name: "session", Value: id}), runtime.SeeOther("/"), nil
//	}
//
// Middleware makes a jar of the request that it has by the same methods.
//
// # Jars are values
//
// Add and Remove return another jar; nothing reaches the client unless that jar
// is returned. The answer then has one Set-Cookie line for each cookie that was
// added or removed, beside those that others have set, and none for those that
// only came with the request.
//
// # Attributes
//
// Cookies are HttpOnly, Secure, SameSite=Lax and for the path "/". SameSite,
// Path and all other attributes can be chosen for each cookie; HttpOnly and
// Secure are left out by [Config] alone. Browsers treat http://localhost as
// secure, with exceptions such as Safari; Go's own cookie jar does not.
//
// A cookie that browsers would drop without a word is an error of the jar as a
// response part, answered with 500 and logged: a name that is no token
// (RFC 6265 §4.1.1), a line of more than [MaxLength] bytes, and a name that
// begins with __Host- or __Secure- without what that prefix demands (RFC 6265bis
// §4.1.3).
//
// # What is on the wire
//
//	signed   base64url(HMAC-SHA256(key, name "=" value)) "." percent-encoded value
//	private  base64url(nonce | AES-256-GCM(key, nonce, value, name) | tag)
//
// Both bind the value to the name of its cookie, so that a client cannot hand in
// under one name what it was given under another. Both keys are derived from a
// secret by HKDF-SHA256 (RFC 5869). A cookie that does not verify is as good as
// absent.
//
// What neither does is to forget: a value that was valid once stays so until its
// secret is retired, whatever Max-Age told the browser. A value that must end
// holds the time of its end, or the key of a session that the server can end.
// AES-GCM draws random nonces, which is sound for some 2³² cookies of a secret
// (NIST SP 800-38D §8.3).
package cookies
