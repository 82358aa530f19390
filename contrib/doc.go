// Package contrib is the home of handlergen's companions that need more than
// the standard library: compression, CORS, rate limits, JSON Web Tokens,
// WebSockets. Each will be a package below this one, in a module apart from
// the runtime, so that an application pays only for what it imports.
package contrib
