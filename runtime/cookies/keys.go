package cookies

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
)

// minSecret is the length of the shortest secret, in bytes.
const minSecret = 32

// Config says what jars seal their cookies with, and which attributes these
// have.
type Config struct {
	// Secrets holds what the keys are derived from, each at least 32 bytes long
	// and from a good source: what `openssl rand -base64 32` prints serves as it
	// is. The first one seals; all of them open, so that a secret is replaced by
	// putting another before it, and dropped when its cookies have expired.
	Secrets [][]byte

	// Insecure leaves out the attribute Secure, for development over plain HTTP.
	// A cookie that asks for Secure, SameSite=None or Partitioned keeps it.
	Insecure bool

	// Scriptable leaves out the attribute HttpOnly, for cookies that scripts of
	// the page are to see.
	Scriptable bool
}

// Keys make the jars of requests. They are safe for concurrent use. The zero
// value has none: its jars open nothing, and what is added to them is an error.
type Keys struct {
	signing    []codec // one for each secret
	encryption []codec
	insecure   bool
	scriptable bool
}

// NewKeys derives the keys. It panics without a secret and if one is too short.
func NewKeys(c Config) Keys {
	if len(c.Secrets) == 0 {
		panic("cookies: no secrets")
	}
	keys := Keys{insecure: c.Insecure, scriptable: c.Scriptable}
	for i, secret := range c.Secrets {
		if len(secret) < minSecret {
			panic(fmt.Sprintf("cookies: secret %d has %d bytes, fewer than %d", i, len(secret), minSecret))
		}
		keys.signing = append(keys.signing, newSigner(derive(secret, "handlergen/cookies signed")))
		keys.encryption = append(keys.encryption, newSealer(derive(secret, "handlergen/cookies private")))
	}
	return keys
}

// String does not tell the keys, which an application's state may hold when it is
// printed.
func (k Keys) String() string { return fmt.Sprintf("cookies.Keys of %d secrets", len(k.signing)) }

// GoString is like String.
func (k Keys) GoString() string { return k.String() }

// derive returns the key of 256 bits for one purpose.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, purpose, 32)
	if err != nil {
		panic("cookies: " + err.Error()) // it fails for longer keys alone, and for short secrets in FIPS mode
	}
	return key
}

// Signed returns the signed cookies of a request.
func (k Keys) Signed(r *http.Request) Signed { return Signed{k.jar(r, k.signing)} }

// Private returns the encrypted cookies of a request.
func (k Keys) Private(r *http.Request) Private { return Private{k.jar(r, k.encryption)} }

func (k Keys) jar(r *http.Request, ring []codec) jar {
	return jar{
		request:  &http.Request{Header: http.Header{"Cookie": r.Header["Cookie"]}},
		ring:     ring,
		secure:   !k.insecure,
		httpOnly: !k.scriptable,
	}
}
