package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// An Algorithm is one that tokens are signed by (RFC 7518 §3.1).
type Algorithm string

// The algorithms, and what is the Value of their keys.
const (
	HS256 Algorithm = "HS256" // []byte, at least 32
	HS384 Algorithm = "HS384" // []byte, at least 48
	HS512 Algorithm = "HS512" // []byte, at least 64

	RS256 Algorithm = "RS256" // *rsa.PublicKey or *rsa.PrivateKey, at least 2048 bits
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS256 Algorithm = "PS256"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"

	ES256 Algorithm = "ES256" // *ecdsa.PublicKey or *ecdsa.PrivateKey, of curve P-256
	ES384 Algorithm = "ES384" // of curve P-384
	ES512 Algorithm = "ES512" // of curve P-521

	EdDSA Algorithm = "EdDSA" // ed25519.PublicKey or ed25519.PrivateKey
)

// A Key is what tokens are signed and checked by. To check, the public part will
// do; to sign, it is the private one.
type Key struct {
	ID        string // kid in the header of tokens; empty: for tokens whatever they say
	Algorithm Algorithm
	Value     any
}

// algorithms holds what says whether a key fits.
var algorithms = map[Algorithm]func(value any) error{
	HS256: secretOf(32), HS384: secretOf(48), HS512: secretOf(64),
	RS256: checkRSA, RS384: checkRSA, RS512: checkRSA,
	PS256: checkRSA, PS384: checkRSA, PS512: checkRSA,
	ES256: curveOf(256), ES384: curveOf(384), ES512: curveOf(521),
	EdDSA: checkEd25519,
}

func algorithmNames() []string {
	var names []string
	for algorithm := range algorithms {
		names = append(names, string(algorithm))
	}
	return names
}

// check says what is wrong with a key, but not what the key is.
func (k Key) check() error {
	check, ok := algorithms[k.Algorithm]
	if !ok {
		return fmt.Errorf("key %q: there is no algorithm %q", k.ID, k.Algorithm)
	}
	if err := check(k.Value); err != nil {
		return fmt.Errorf("key %q of %s: %w", k.ID, k.Algorithm, err)
	}
	return nil
}

// public returns what tokens are checked by.
func (k Key) public() jwt.VerificationKey {
	if private, ok := k.Value.(crypto.Signer); ok {
		return private.Public()
	}
	return k.Value
}

// secretOf checks secrets, which have the size of the hash (RFC 7518 §3.2).
func secretOf(size int) func(any) error {
	return func(value any) error {
		secret, ok := value.([]byte)
		switch {
		case !ok:
			return fmt.Errorf("is a %T, not a []byte", value)
		case len(secret) < size:
			return fmt.Errorf("has %d bytes, and needs %d", len(secret), size)
		case bytes.Contains(secret, []byte("-----BEGIN ")):
			return errors.New("is a PEM text: parse it, and name the algorithm of what it holds")
		}
		return nil
	}
}

func checkRSA(value any) error {
	var public *rsa.PublicKey
	switch key := value.(type) {
	case *rsa.PublicKey:
		public = key
	case *rsa.PrivateKey:
		if key != nil {
			public = &key.PublicKey
		}
	default:
		return fmt.Errorf("is a %T, not an *rsa.PublicKey or *rsa.PrivateKey", value)
	}
	if public == nil || public.N == nil {
		return errors.New("is nil")
	}
	if bits := public.N.BitLen(); bits < 2048 {
		return fmt.Errorf("has %d bits, and needs 2048", bits)
	}
	return nil
}

func curveOf(bits int) func(any) error {
	return func(value any) error {
		var public *ecdsa.PublicKey
		switch key := value.(type) {
		case *ecdsa.PublicKey:
			public = key
		case *ecdsa.PrivateKey:
			if key != nil {
				public = &key.PublicKey
			}
		default:
			return fmt.Errorf("is a %T, not an *ecdsa.PublicKey or *ecdsa.PrivateKey", value)
		}
		if public == nil || public.Curve == nil {
			return errors.New("is nil")
		}
		if got := public.Curve.Params().BitSize; got != bits {
			return fmt.Errorf("is on a curve of %d bits, not %d", got, bits)
		}
		return nil
	}
}

func checkEd25519(value any) error {
	switch key := value.(type) {
	case ed25519.PublicKey:
		if len(key) == ed25519.PublicKeySize {
			return nil
		}
	case ed25519.PrivateKey:
		if len(key) == ed25519.PrivateKeySize {
			return nil
		}
	default:
		return fmt.Errorf("is a %T, not an ed25519.PublicKey or ed25519.PrivateKey", value)
	}
	return errors.New("has a wrong length")
}

// Sign returns a token with these claims, for logins and for tests. It names the
// key if that has an ID. Claims without an expiry are an error, since nobody
// would accept them.
func Sign(key Key, claims Claims) (string, error) {
	if err := key.check(); err != nil {
		return "", fmt.Errorf("jwt: %w", err)
	}
	if expiry, err := claims.GetExpirationTime(); err != nil || expiry == nil {
		return "", errors.New("jwt: the claims have no expiry")
	}
	token := jwt.NewWithClaims(jwt.GetSigningMethod(string(key.Algorithm)), claims)
	if key.ID != "" {
		token.Header["kid"] = key.ID
	}
	signed, err := token.SignedString(key.Value)
	if err != nil {
		return "", fmt.Errorf("jwt: sign by key %q: %w", key.ID, err)
	}
	return signed, nil
}
