// Package jwt checks bearer tokens that are JSON Web Tokens (RFC 7519), as RFC
// 8725 says that it should be done. The work is that of golang-jwt.
//
// A [Verifier] is for one type of claims, a struct that embeds
// [RegisteredClaims]:
//
//	type Claims struct {
//		jwt.RegisteredClaims
//		Role string `json:"role"`
//	}
//
//	verifier := jwt.NewVerifier[Claims](jwt.Config{
//		Keys:     []jwt.Key{{Algorithm: jwt.HS256, Value: secret}},
//		Issuer:   "https://login.example.com",
//		Audience: []string{"https://api.example.com"},
//	})
//
// # As middleware
//
// [Verifier.Require] is a layer that puts the claims into the request, where
// handlers find them as runtime.Extension[Claims]:
//
//	router.Layer(verifier.Require)
//
// A function with a middleware directive can do the same by [Verifier.Verify],
// and whatever else it likes.
//
// # As an extractor
//
// With the verifier in the state, one function makes Claims a parameter of every
// handler that wants to know who is there:
//
//	//handlergen:extractor
//	func Authenticate(ctx context.Context, token runtime.Bearer, verifier runtime.State[*jwt.Verifier[Claims]]) (Claims, error) {
//		return verifier.Value.Verify(ctx, string(token))
//	}
//
// # What is refused
//
// Each key has one algorithm, and a token is checked by keys of its algorithm
// alone: there is no "none", and no public key can be taken for a secret. Keys
// that are too short for their algorithm are not accepted in the first place. A
// token without an expiry is refused, and so is one that makes demands by "crit",
// one that is not good yet (nbf), and one that was not issued by (iss) or is not
// meant for (aud) whom the [Config] names. Claims with a method Validate() error
// have a say, too.
//
// The answer to a token that is refused is 401 with
//
//	WWW-Authenticate: Bearer error="invalid_token"
//
// (RFC 6750 §3.1) and a text that does not say why. For those who want to know,
// the reason is in the chain of the error, [Invalid]. A request without a token
// is answered as [runtime.ReadBearer] does, also 401.
//
// A token says what was true when it was signed. If it must be possible to take
// it back, it should expire soon, or its ID be looked up in a list.
package jwt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/handlergen/handlergen/runtime"
)

type (
	// Claims are what a token says: structs that embed [RegisteredClaims] are.
	Claims = jwt.Claims

	// RegisteredClaims are those of RFC 7519 §4.1.
	RegisteredClaims = jwt.RegisteredClaims

	// NumericDate is a time in seconds since 1970; see [At].
	NumericDate = jwt.NumericDate
)

// At returns a time as claims have it.
func At(t time.Time) *NumericDate { return jwt.NewNumericDate(t) }

// Config says which tokens are accepted.
type Config struct {
	// Keys are those that tokens may be signed by. If a token names a key (kid),
	// it is one of that ID or one without; else it is any of the token's
	// algorithm. While keys are replaced there are two, the old one until its
	// last token has expired.
	Keys []Key

	// FindKey is asked for keys that are not among Keys, with the ID that the
	// token names, which may be empty, and its algorithm. Both are what anybody
	// may have made up, so it should not do much work for the same answer twice.
	// If there is no such key, it returns ErrUnknownKey; any other error is
	// answered as one of a handler.
	FindKey func(ctx context.Context, id string, algorithm Algorithm) (Key, error)

	// Issuer is who must have issued a token (iss), unless it is empty.
	Issuer string

	// Audience are the names of this application, for one of which a token must
	// be meant (aud). If there are none, tokens that are meant for somebody are
	// refused (RFC 7519 §4.1.3).
	Audience []string

	// Leeway is by how much clocks may differ, for exp and nbf.
	Leeway time.Duration
}

// ErrUnknownKey is what FindKey of a [Config] returns for a key that there is
// not.
var ErrUnknownKey = errors.New("jwt: unknown key")

// A Verifier checks tokens with claims of type C, a struct.
type Verifier[C Claims] struct {
	parser   *jwt.Parser
	nameless bool // no token is meant for us
	keys     []Key
	findKey  func(ctx context.Context, id string, algorithm Algorithm) (Key, error)
}

// NewVerifier returns a verifier. It panics if there is no key and no function
// that finds one, if a key does not fit its algorithm, and if C is a pointer.
func NewVerifier[C Claims](config Config) *Verifier[C] {
	if _, ok := any(new(C)).(Claims); !ok {
		panic(fmt.Sprintf("jwt: claims cannot be read into a %T: name the type that it points to", *new(C)))
	}
	config.validate()
	options := []jwt.ParserOption{
		jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(),
		jwt.WithValidMethods(algorithmNames()),
		jwt.WithLeeway(config.Leeway),
		jwt.WithIssuer(config.Issuer),
		jwt.WithAudience(config.Audience...),
	}
	return &Verifier[C]{
		parser:   jwt.NewParser(options...),
		nameless: len(config.Audience) == 0,
		keys:     slices.Clone(config.Keys),
		findKey:  config.FindKey,
	}
}

func (c Config) validate() {
	if len(c.Keys) == 0 && c.FindKey == nil {
		panic("jwt: there is neither a key nor FindKey")
	}
	for i, key := range c.Keys {
		if err := key.check(); err != nil {
			panic("jwt: " + err.Error())
		}
		if key.ID != "" && slices.ContainsFunc(c.Keys[:i], func(k Key) bool { return k.ID == key.ID && k.Algorithm == key.Algorithm }) {
			panic(fmt.Sprintf("jwt: there are two keys %q for %s", key.ID, key.Algorithm))
		}
	}
	if slices.Contains(c.Audience, "") {
		panic("jwt: an audience is empty")
	}
	if c.Leeway < 0 {
		panic(fmt.Sprintf("jwt: Leeway is negative: %v", c.Leeway))
	}
}

// Verify returns the claims of a token. The error of one that is refused is an
// [*Invalid].
func (v *Verifier[C]) Verify(ctx context.Context, token string) (C, error) {
	var claims, none C
	var failure error // to find out whether there is a key
	_, err := v.parser.ParseWithClaims(token, any(&claims).(Claims), func(t *jwt.Token) (any, error) {
		if _, demands := t.Header["crit"]; demands {
			return nil, errCritical
		}
		keys, err := v.keysFor(ctx, t)
		if err != nil && !errors.Is(err, ErrUnknownKey) {
			failure = err
		}
		return keys, err
	})
	if err == nil && v.nameless {
		err = checkForNobody(claims)
	}
	switch {
	case failure != nil:
		return none, failure
	case err != nil:
		return none, &Invalid{reason: err}
	}
	return claims, nil
}

// checkForNobody refuses claims that are meant for somebody.
func checkForNobody(claims Claims) error {
	audience, err := claims.GetAudience()
	if err == nil && len(audience) > 0 {
		err = fmt.Errorf("%w: the token is for %q, the verifier has no Audience", jwt.ErrTokenInvalidAudience, audience)
	}
	return err
}

// errCritical is about a token that must not be understood by those who do not
// know some extension (RFC 7515 §4.1.11). We know none.
var errCritical = errors.New("jwt: the token has critical extensions")

// keysFor returns the keys that may have signed a token.
func (v *Verifier[C]) keysFor(ctx context.Context, t *jwt.Token) (keys jwt.VerificationKeySet, err error) {
	algorithm := Algorithm(t.Method.Alg())
	id, named := t.Header["kid"].(string)
	for _, key := range v.keys {
		if key.Algorithm == algorithm && (!named || key.ID == "" || key.ID == id) {
			keys.Keys = append(keys.Keys, key.public())
		}
	}
	if len(keys.Keys) > 0 {
		return keys, nil
	}
	if v.findKey == nil {
		return keys, ErrUnknownKey
	}
	key, err := v.findKey(ctx, id, algorithm)
	if err != nil {
		return keys, fmt.Errorf("jwt: find key: %w", err)
	}
	if err := key.check(); err != nil {
		return keys, fmt.Errorf("jwt: key that was found: %w", err)
	}
	if key.Algorithm != algorithm {
		return keys, ErrUnknownKey
	}
	keys.Keys = append(keys.Keys, key.public())
	return keys, nil
}

// Require is a layer that lets requests with a token that is accepted pass. Its
// claims are an extension of the request, of type C.
func (v *Verifier[C]) Require(next http.Handler) http.Handler {
	return v.layer(next, func(w http.ResponseWriter, r *http.Request, err error) {
		runtime.RenderError(w, r, err)
	})
}

// Optional is [Verifier.Require], but requests without a token pass, too, and
// without claims. A token that is refused is refused.
func (v *Verifier[C]) Optional(next http.Handler) http.Handler {
	return v.layer(next, func(w http.ResponseWriter, r *http.Request, err error) {
		if errors.Is(err, runtime.ErrAbsent) {
			next.ServeHTTP(w, r)
			return
		}
		runtime.RenderError(w, r, err)
	})
}

// layer leaves requests without a bearer token to without.
func (v *Verifier[C]) layer(next http.Handler, without func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		token, err := runtime.ReadBearer(&in)
		if err != nil {
			without(w, r, err)
			return
		}
		claims, err := v.Verify(r.Context(), string(token))
		if err != nil {
			runtime.RenderError(w, r, err)
			return
		}
		claimed := runtime.WithExtension(r, claims)
		defer handBack(r, claimed)
		next.ServeHTTP(w, claimed)
	})
}

// handBack notes in a request what the handler did to the one that was made of
// it: the pattern that it matched, which layers around want to know, and the
// form that it read, whose files the server removes.
func handBack(r, claimed *http.Request) {
	r.Pattern = claimed.Pattern
	if r.MultipartForm == nil {
		r.MultipartForm = claimed.MultipartForm
	}
}

// Invalid is the error of a token that was refused.
type Invalid struct{ reason error }

// Error does not say why, since clients see it.
func (*Invalid) Error() string { return "the bearer token is not valid" }

// Unwrap returns the reason, in which [errors.Is] finds the errors of golang-jwt,
// such as its ErrTokenExpired.
func (e *Invalid) Unwrap() error { return e.reason }

// Status returns 401.
func (*Invalid) Status() int { return http.StatusUnauthorized }

// ErrorHeader returns WWW-Authenticate.
func (*Invalid) ErrorHeader() http.Header {
	return http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}
}
