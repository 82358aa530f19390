package jwt_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"

	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/runtime"
)

// Who is what the tokens of these tests claim.
type Who struct {
	jwt.RegisteredClaims
	Role string `json:"role"`
}

var (
	secret  = bytes.Repeat([]byte("0123456789abcdef"), 4)
	hmacKey = jwt.Key{Algorithm: jwt.HS256, Value: secret}
)

// private returns a key for each algorithm, made once.
var private = sync.OnceValue(func() map[jwt.Algorithm]any {
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	return map[jwt.Algorithm]any{
		jwt.HS256: secret, jwt.HS384: secret, jwt.HS512: secret,
		jwt.RS256: rsaKey, jwt.RS384: rsaKey, jwt.RS512: rsaKey,
		jwt.PS256: rsaKey, jwt.PS384: rsaKey, jwt.PS512: rsaKey,
		jwt.ES256: p256, jwt.ES384: p384, jwt.ES512: p521,
		jwt.EdDSA: ed,
	}
})

func ada() Who {
	return Who{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "ada", ExpiresAt: jwt.At(time.Now().Add(time.Hour))},
		Role:             "admin",
	}
}

func sign(t *testing.T, key jwt.Key, claims jwt.Claims) string {
	t.Helper()
	token, err := jwt.Sign(key, claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// compact makes a token of JSON texts by hand, signed by HMAC-SHA256.
func compact(key []byte, header, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(header)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

func TestAlgorithms(t *testing.T) {
	for algorithm, key := range private() {
		for _, public := range []bool{false, true} {
			value := key
			if signer, ok := key.(crypto.Signer); public && ok {
				value = signer.Public()
			}
			verifier := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{{Algorithm: algorithm, Value: value}}})
			token := sign(t, jwt.Key{Algorithm: algorithm, Value: key}, ada())
			got, err := verifier.Verify(t.Context(), token)
			if err != nil || got.Subject != "ada" || got.Role != "admin" {
				t.Errorf("%s: %+v, %v", algorithm, got, err)
			}
			for other, otherKey := range private() {
				if other == algorithm {
					continue
				}
				token := sign(t, jwt.Key{Algorithm: other, Value: otherKey}, ada())
				if _, err := verifier.Verify(t.Context(), token); err == nil {
					t.Errorf("a verifier of %s accepts %s", algorithm, other)
				}
			}
		}
	}
}

// The example of RFC 7515 §A.1 expired in 2011, which a bubble has not reached.
func TestExampleOfTheRFC(t *testing.T) {
	const (
		key   = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
		token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" +
			".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ" +
			".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	)
	type claims struct {
		jwt.RegisteredClaims
		IsRoot bool `json:"http://example.com/is_root"`
	}
	value, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	verifier := jwt.NewVerifier[claims](jwt.Config{Keys: []jwt.Key{{Algorithm: jwt.HS256, Value: value}}, Issuer: "joe"})
	synctest.Test(t, func(t *testing.T) {
		got, err := verifier.Verify(t.Context(), token)
		if err != nil || got.Issuer != "joe" || !got.IsRoot {
			t.Errorf("%+v, %v", got, err)
		}
		time.Sleep(time.Until(time.Unix(1300819380, 0)))
		if _, err := verifier.Verify(t.Context(), token); !errors.Is(err, gojwt.ErrTokenExpired) {
			t.Errorf("when it has expired: %v", err)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	rsaKey := private()[jwt.RS256].(*rsa.PrivateKey)
	der, _ := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	pemText := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	config := jwt.Config{
		Keys: []jwt.Key{
			{ID: "h", Algorithm: jwt.HS256, Value: secret},
			{ID: "r", Algorithm: jwt.RS256, Value: &rsaKey.PublicKey},
		},
		Issuer:   "https://login.example.com",
		Audience: []string{"api", "other"},
	}
	verifier := jwt.NewVerifier[Who](config)
	soon := time.Now().Add(time.Hour).Unix()
	good := fmt.Sprintf(`{"sub":"ada","iss":"https://login.example.com","aud":"api","exp":%d`, soon)
	claim := func(more string) string { return good + more + "}" }
	const header = `{"alg":"HS256","kid":"h"}`

	for name, token := range map[string]string{
		"good":                         compact(secret, header, claim("")),
		"without kid":                  compact(secret, `{"alg":"HS256"}`, claim("")),
		"one of two audiences":         compact(secret, header, strings.Replace(claim(""), `"api"`, `["x","other"]`, 1)),
		"unknown members":              compact(secret, `{"alg":"HS256","typ":"at+jwt","x":[1]}`, claim(`,"y":{}`)),
		"begun":                        compact(secret, header, claim(`,"nbf":1,"iat":1`)),
		"with a fraction of a second":  compact(secret, header, strings.Replace(claim(""), fmt.Sprint(soon), fmt.Sprint(soon)+".5", 1)),
		"by the other key":             sign(t, jwt.Key{ID: "r", Algorithm: jwt.RS256, Value: rsaKey}, claimsOf(t, claim(""))),
		"by the other key without kid": sign(t, jwt.Key{Algorithm: jwt.RS256, Value: rsaKey}, claimsOf(t, claim(""))),
	} {
		got, err := verifier.Verify(t.Context(), token)
		if err != nil || got.Subject != "ada" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}

	encode := base64.RawURLEncoding.EncodeToString
	tampered := strings.Split(compact(secret, header, claim("")), ".")
	tampered[1] = encode([]byte(claim(`,"role":"admin"`)))
	signed := compact(secret, header, claim(""))
	for name, token := range map[string]string{
		"nothing":                   "",
		"no token":                  "abc",
		"two parts":                 "a.b",
		"four parts":                signed + ".x",
		"no signature":              signed[:strings.LastIndex(signed, ".")+1],
		"none":                      encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(claim(""))) + ".",
		"None":                      encode([]byte(`{"alg":"None"}`)) + "." + encode([]byte(claim(""))) + ".",
		"no algorithm":              compact(secret, `{}`, claim("")),
		"an odd algorithm":          compact(secret, `{"alg":["HS256"]}`, claim("")),
		"another algorithm":         compact(secret, `{"alg":"HS512"}`, claim("")),
		"case":                      compact(secret, `{"alg":"hs256"}`, claim("")),
		"header is null":            compact(secret, `null`, claim("")),
		"claims are null":           compact(secret, header, `null`),
		"claims are a list":         compact(secret, header, `[]`),
		"claims are not JSON":       compact(secret, header, `{`),
		"another secret":            compact(secret[1:], header, claim("")),
		"tampered with":             strings.Join(tampered, "."),
		"another kid":               compact(secret, `{"alg":"HS256","kid":"x"}`, claim("")),
		"kid of another":            compact(secret, `{"alg":"HS256","kid":"r"}`, claim("")),
		"public key as secret, DER": compact(der, `{"alg":"HS256"}`, claim("")),
		"public key as secret, PEM": compact(pemText, `{"alg":"HS256"}`, claim("")),
		"brings its key":            compact([]byte("attacker"), `{"alg":"HS256","jwk":{"kty":"oct","k":"YXR0YWNrZXI"}}`, claim("")),
		"critical":                  compact(secret, `{"alg":"HS256","crit":["b64"],"b64":false}`, claim("")),
		"with padding":              signed + "=",
		"with other bits":           otherBits(t, signed),
		"spaces":                    " " + signed,
		"expired":                   compact(secret, header, strings.Replace(claim(""), fmt.Sprint(soon), fmt.Sprint(time.Now().Unix()-1), 1)),
		"never expires":             compact(secret, header, strings.Replace(claim(""), `"exp"`, `"exq"`, 1)),
		"expires never":             compact(secret, header, strings.Replace(claim(""), fmt.Sprint(soon), "null", 1)),
		"expires one day":           compact(secret, header, strings.Replace(claim(""), fmt.Sprint(soon), `"tomorrow"`, 1)),
		"not yet":                   compact(secret, header, claim(fmt.Sprintf(`,"nbf":%d`, soon))),
		"another issuer":            compact(secret, header, strings.Replace(claim(""), "login.", "evil.", 1)),
		"no issuer":                 compact(secret, header, strings.Replace(claim(""), `"iss"`, `"isr"`, 1)),
		"for others":                compact(secret, header, strings.Replace(claim(""), `"api"`, `["x","y"]`, 1)),
		"for nobody":                compact(secret, header, strings.Replace(claim(""), `"aud"`, `"aue"`, 1)),
		"for an empty list":         compact(secret, header, strings.Replace(claim(""), `"api"`, `[]`, 1)),
		"a role that is none":       compact(secret, header, claim(`,"role":7`)),
	} {
		got, err := verifier.Verify(t.Context(), token)
		invalid, ok := errors.AsType[*jwt.Invalid](err)
		if !ok || !isZero(got) {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if invalid.Status() != 401 || err.Error() != "the bearer token is not valid" || invalid.Unwrap() == nil {
			t.Errorf("%s: %d %v", name, invalid.Status(), err)
		}
	}
}

// Who has no name is not meant by a token that is for somebody.
func TestAudienceOfOthers(t *testing.T) {
	verifier := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{hmacKey}})
	for audience, want := range map[string]error{
		``:                 nil,
		`,"aud":null`:      nil,
		`,"aud":[]`:        nil,
		`,"aud":"api"`:     gojwt.ErrTokenInvalidAudience,
		`,"aud":["a","b"]`: gojwt.ErrTokenInvalidAudience,
		`,"aud":""`:        gojwt.ErrTokenInvalidAudience,
	} {
		claims := fmt.Sprintf(`{"sub":"ada","exp":%d%s}`, time.Now().Add(time.Hour).Unix(), audience)
		got, err := verifier.Verify(t.Context(), compact(secret, `{"alg":"HS256"}`, claims))
		if !errors.Is(err, want) || (err != nil) != isZero(got) || err != nil && runtime.StatusOf(err) != 401 {
			t.Errorf("%s: %+v, %v, want %v", claims, got, err, want)
		}
	}
}

func isZero(w Who) bool { return w.Subject == "" && w.Role == "" && w.ExpiresAt == nil }

func claimsOf(t *testing.T, text string) gojwt.MapClaims {
	t.Helper()
	var claims gojwt.MapClaims
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// otherBits changes those bits of the last character of a token that mean
// nothing.
func otherBits(t *testing.T, token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	other := token[:len(token)-1] + string(alphabet[last^1])
	same := func(token string) string {
		raw, err := base64.RawURLEncoding.DecodeString(token[strings.LastIndex(token, ".")+1:])
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if same(token) != same(other) {
		t.Fatal("the bits mean something")
	}
	return other
}

func TestLeeway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exact := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{hmacKey}})
		lenient := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{hmacKey}, Leeway: 30 * time.Second})
		claims := ada()
		claims.NotBefore = jwt.At(time.Now().Add(time.Minute))
		token := sign(t, hmacKey, claims) // good from 1m to 60m
		for _, test := range []struct {
			at             time.Duration
			exact, lenient bool
		}{
			{0, false, false},
			{30 * time.Second, false, true},
			{time.Minute, true, true},
			{time.Hour - time.Second, true, true},
			{time.Hour, false, true},
			{time.Hour + 29*time.Second, false, true},
			{time.Hour + 30*time.Second, false, false},
		} {
			time.Sleep(time.Until(claims.NotBefore.Add(test.at - time.Minute)))
			_, err := exact.Verify(t.Context(), token)
			if ok := err == nil; ok != test.exact {
				t.Errorf("at %v: %v", test.at, err)
			}
			_, err = lenient.Verify(t.Context(), token)
			if ok := err == nil; ok != test.lenient {
				t.Errorf("at %v with leeway: %v", test.at, err)
			}
		}
	})
}

// Strict claims know better.
type Strict struct {
	jwt.RegisteredClaims
}

func (s Strict) Validate() error {
	if s.Subject == "" {
		return errors.New("nobody")
	}
	return nil
}

func TestClaimsHaveASay(t *testing.T) {
	verifier := jwt.NewVerifier[Strict](jwt.Config{Keys: []jwt.Key{hmacKey}})
	claims := Strict{ada().RegisteredClaims}
	if _, err := verifier.Verify(t.Context(), sign(t, hmacKey, claims)); err != nil {
		t.Error(err)
	}
	claims.Subject = ""
	if _, err := verifier.Verify(t.Context(), sign(t, hmacKey, claims)); err == nil {
		t.Error("claims that are not valid to themselves were accepted")
	}
}

func TestMapsAreClaims(t *testing.T) {
	verifier := jwt.NewVerifier[gojwt.MapClaims](jwt.Config{Keys: []jwt.Key{hmacKey}})
	claims, err := verifier.Verify(t.Context(), sign(t, hmacKey, ada()))
	if err != nil || claims["role"] != "admin" {
		t.Errorf("%v, %v", claims, err)
	}
}

func TestRotation(t *testing.T) {
	old := jwt.Key{ID: "2026-10", Algorithm: jwt.HS256, Value: bytes.Repeat([]byte("o"), 32)}
	current := jwt.Key{ID: "2026-11", Algorithm: jwt.HS256, Value: bytes.Repeat([]byte("n"), 32)}
	both := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{current, old}})
	after := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{current}})
	for _, key := range []jwt.Key{old, current} {
		if _, err := both.Verify(t.Context(), sign(t, key, ada())); err != nil {
			t.Errorf("%s: %v", key.ID, err)
		}
		unnamed := jwt.Key{Algorithm: key.Algorithm, Value: key.Value}
		if _, err := both.Verify(t.Context(), sign(t, unnamed, ada())); err != nil {
			t.Errorf("%s without kid: %v", key.ID, err)
		}
		_, err := after.Verify(t.Context(), sign(t, key, ada()))
		if accepted := err == nil; accepted != (key.ID == current.ID) {
			t.Errorf("%s after the rotation: %v", key.ID, err)
		}
	}
	nameless := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{{Algorithm: jwt.HS256, Value: current.Value}}})
	if _, err := nameless.Verify(t.Context(), sign(t, current, ada())); err != nil {
		t.Errorf("a key without ID, for a token with kid: %v", err)
	}
}

func TestFindKey(t *testing.T) {
	type ctxKey struct{}
	var asked []string
	found, failure := hmacKey, error(nil)
	verifier := jwt.NewVerifier[Who](jwt.Config{
		Keys: []jwt.Key{{ID: "known", Algorithm: jwt.HS256, Value: secret}},
		FindKey: func(ctx context.Context, id string, algorithm jwt.Algorithm) (jwt.Key, error) {
			if ctx.Value(ctxKey{}) != "here" {
				t.Error("FindKey was not asked in the context of the request")
			}
			asked = append(asked, id+"/"+string(algorithm))
			return found, failure
		},
	})
	ctx := context.WithValue(t.Context(), ctxKey{}, "here")
	verify := func(id string) error {
		_, err := verifier.Verify(ctx, sign(t, jwt.Key{ID: id, Algorithm: jwt.HS256, Value: secret}, ada()))
		return err
	}
	if err := verify("known"); err != nil || len(asked) > 0 {
		t.Errorf("known: %v, asked for %q", err, asked)
	}
	if err := verify("new"); err != nil || fmt.Sprint(asked) != "[new/HS256]" {
		t.Errorf("new: %v, asked for %q", err, asked)
	}

	found = jwt.Key{Algorithm: jwt.HS512, Value: secret}
	if _, ok := errors.AsType[*jwt.Invalid](verify("new")); !ok {
		t.Error("a key of another algorithm was used")
	}
	failure = fmt.Errorf("cache: %w", jwt.ErrUnknownKey)
	if err := verify("gone"); runtime.StatusOf(err) != 401 || !errors.Is(err, jwt.ErrUnknownKey) {
		t.Errorf("unknown: %v", err)
	}
	failure = errors.New("no route to host")
	if err := verify("new"); runtime.StatusOf(err) != 500 || !errors.Is(err, failure) {
		t.Errorf("FindKey fails: %v", err)
	}
	failure = runtime.Errorf(503, "come back later")
	if err := verify("new"); runtime.StatusOf(err) != 503 {
		t.Errorf("FindKey fails with a status: %v", err)
	}
	found, failure = jwt.Key{Algorithm: jwt.HS256, Value: []byte("short")}, nil
	if err := verify("new"); runtime.StatusOf(err) != 500 || err == nil {
		t.Errorf("FindKey finds a bad key: %v", err)
	}
	if _, err := verifier.Verify(ctx, "a.b.c"); runtime.StatusOf(err) != 401 {
		t.Errorf("no token at all: %v", err)
	}
}

// answer is that of a handler behind a layer.
func answer(t *testing.T, layer func(http.Handler) http.Handler, authorization ...string) (status int, challenge, body string) {
	t.Helper()
	router := runtime.NewRouter()
	router.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		who, err := runtime.ReadExtension[Who](&in)
		if errors.Is(err, runtime.ErrAbsent) {
			io.WriteString(w, "nobody")
			return
		}
		io.WriteString(w, who.Value.Subject+" the "+who.Value.Role)
	})
	s := httptest.NewServer(layer(router))
	defer s.Close()
	request, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
	for _, line := range authorization {
		request.Header.Add("Authorization", line)
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 && response.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("Content-Type of %d = %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	return response.StatusCode, response.Header.Get("WWW-Authenticate"), string(text)
}

func TestLayers(t *testing.T) {
	verifier := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{hmacKey}})
	token := sign(t, hmacKey, ada())
	const (
		missing = `{"title":"Unauthorized","status":401,"detail":"credentials are missing"}`
		invalid = `{"title":"Unauthorized","status":401,"detail":"the bearer token is not valid"}`
		bad     = `Bearer error="invalid_token"`
	)
	for _, test := range []struct {
		name          string
		authorization []string
		status        int
		challenge     string
		body          string
		optional      string // what Optional answers, if not that
	}{
		{"good", []string{"Bearer " + token}, 200, "", "ada the admin", ""},
		{"case", []string{"bearer " + token}, 200, "", "ada the admin", ""},
		{"nothing", nil, 401, "Bearer", missing, "nobody"},
		{"changed", []string{"Bearer " + token + "x"}, 401, bad, invalid, ""},
		{"garbage", []string{"Bearer x"}, 401, bad, invalid, ""},
		{"not a token", []string{"Bearer a b"}, 401, bad, `{"title":"Unauthorized","status":401,"detail":"the bearer token is malformed"}`, ""},
		{"another scheme", []string{"Basic YTpi"}, 401, "Bearer", `{"title":"Unauthorized","status":401,"detail":"a bearer token is required"}`, ""},
		{"two", []string{"Bearer " + token, "Bearer " + token}, 401, bad, `{"title":"Unauthorized","status":401,"detail":"the bearer token is malformed"}`, ""},
	} {
		status, challenge, body := answer(t, verifier.Require, test.authorization...)
		if status != test.status || challenge != test.challenge || body != test.body {
			t.Errorf("%s: %d %q %s", test.name, status, challenge, body)
		}
		status, challenge, body = answer(t, verifier.Optional, test.authorization...)
		if test.optional != "" {
			test.status, test.challenge, test.body = 200, "", test.optional
		}
		if status != test.status || challenge != test.challenge || body != test.body {
			t.Errorf("%s, optional: %d %q %s", test.name, status, challenge, body)
		}
	}
}

// What is around a layer sees what the handler did to its request.
func TestLayersHandBack(t *testing.T) {
	verifier := jwt.NewVerifier[Who](jwt.Config{Keys: []jwt.Key{hmacKey}})
	form := new(multipart.Form)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{name}", func(_ http.ResponseWriter, r *http.Request) {
		r.MultipartForm = form
		panic(http.ErrAbortHandler)
	})
	for name, layer := range map[string]func(http.Handler) http.Handler{"Require": verifier.Require, "Optional": verifier.Optional} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.Header.Set("Authorization", "Bearer "+sign(t, hmacKey, ada()))
		func() {
			defer func() { recover() }()
			layer(mux).ServeHTTP(httptest.NewRecorder(), r)
		}()
		if r.Pattern != "GET /{name}" || r.MultipartForm != form {
			t.Errorf("%s: pattern %q, form %v", name, r.Pattern, r.MultipartForm)
		}
	}
}

func TestFailureToFindAKeyIsNotTold(t *testing.T) {
	log := new(bytes.Buffer)
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	verifier := jwt.NewVerifier[Who](jwt.Config{FindKey: func(context.Context, string, jwt.Algorithm) (jwt.Key, error) {
		return jwt.Key{}, errors.New("keys.internal does not answer")
	}})
	status, challenge, body := answer(t, verifier.Require, "Bearer "+sign(t, hmacKey, ada()))
	if status != 500 || challenge != "" || strings.Contains(body, "internal does") {
		t.Errorf("%d %q %s", status, challenge, body)
	}
	if !strings.Contains(log.String(), "keys.internal does not answer") {
		t.Errorf("log: %s", log)
	}
}

func TestConfig(t *testing.T) {
	keys := func(keys ...jwt.Key) jwt.Config { return jwt.Config{Keys: keys} }
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	p256 := private()[jwt.ES256].(*ecdsa.PrivateKey)
	for want, config := range map[string]jwt.Config{
		`jwt: there is neither a key nor FindKey`:                                            {},
		`jwt: key "": there is no algorithm ""`:                                              keys(jwt.Key{Value: secret}),
		`jwt: key "a": there is no algorithm "none"`:                                         keys(jwt.Key{ID: "a", Algorithm: "none"}),
		`jwt: key "": there is no algorithm "hs256"`:                                         keys(jwt.Key{Algorithm: "hs256", Value: secret}),
		`jwt: key "" of HS256: is a string, not a []byte`:                                    keys(jwt.Key{Algorithm: jwt.HS256, Value: string(secret)}),
		`jwt: key "" of HS256: is a <nil>, not a []byte`:                                     keys(jwt.Key{Algorithm: jwt.HS256}),
		`jwt: key "" of HS256: has 31 bytes, and needs 32`:                                   keys(jwt.Key{Algorithm: jwt.HS256, Value: secret[:31]}),
		`jwt: key "" of HS384: has 47 bytes, and needs 48`:                                   keys(jwt.Key{Algorithm: jwt.HS384, Value: secret[:47]}),
		`jwt: key "" of HS512: has 63 bytes, and needs 64`:                                   keys(jwt.Key{Algorithm: jwt.HS512, Value: secret[:63]}),
		`jwt: key "" of RS256: has 1024 bits, and needs 2048`:                                keys(jwt.Key{Algorithm: jwt.RS256, Value: small}),
		`jwt: key "" of PS256: is a []uint8, not an *rsa.PublicKey or *rsa.PrivateKey`:       keys(jwt.Key{Algorithm: jwt.PS256, Value: secret}),
		`jwt: key "" of RS512: is nil`:                                                       keys(jwt.Key{Algorithm: jwt.RS512, Value: (*rsa.PublicKey)(nil)}),
		`jwt: key "" of ES384: is on a curve of 256 bits, not 384`:                           keys(jwt.Key{Algorithm: jwt.ES384, Value: &p256.PublicKey}),
		`jwt: key "" of ES256: is nil`:                                                       keys(jwt.Key{Algorithm: jwt.ES256, Value: (*ecdsa.PrivateKey)(nil)}),
		`jwt: key "" of ES256: is a string, not an *ecdsa.PublicKey or *ecdsa.PrivateKey`:    keys(jwt.Key{Algorithm: jwt.ES256, Value: "x"}),
		`jwt: key "" of EdDSA: has a wrong length`:                                           keys(jwt.Key{Algorithm: jwt.EdDSA, Value: ed25519.PublicKey("x")}),
		`jwt: key "" of EdDSA: is a []uint8, not an ed25519.PublicKey or ed25519.PrivateKey`: keys(jwt.Key{Algorithm: jwt.EdDSA, Value: []byte("x")}),
		`jwt: key "" of HS256: is a PEM text: parse it, and name the algorithm of what it holds`: keys(
			jwt.Key{Algorithm: jwt.HS256, Value: []byte("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0")}),
		`jwt: there are two keys "a" for HS256`: keys(
			jwt.Key{ID: "a", Algorithm: jwt.HS256, Value: secret}, jwt.Key{ID: "a", Algorithm: jwt.HS256, Value: secret[1:]}),
		`jwt: an audience is empty`:    {Keys: []jwt.Key{hmacKey}, Audience: []string{"a", ""}},
		`jwt: Leeway is negative: -1s`: {Keys: []jwt.Key{hmacKey}, Leeway: -time.Second},
	} {
		wantPanic(t, want, func() { jwt.NewVerifier[Who](config) })
	}
	wantPanic(t, `jwt: claims cannot be read into a *jwt_test.Who: name the type that it points to`, func() {
		jwt.NewVerifier[*Who](keys(hmacKey))
	})
}

func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		if got := recover(); got != want {
			t.Errorf("panic(%v)\nwant %s", got, want)
		}
	}()
	f()
}

func TestSign(t *testing.T) {
	token := sign(t, jwt.Key{ID: "k1", Algorithm: jwt.HS256, Value: secret}, ada())
	header, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil || string(header) != `{"alg":"HS256","kid":"k1","typ":"JWT"}` {
		t.Errorf("header %s, %v", header, err)
	}
	claims, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if compact(secret, string(header), string(claims)) != token {
		t.Error("the signature is not what HMAC-SHA256 makes")
	}
	for name, test := range map[string]struct {
		key    jwt.Key
		claims jwt.Claims
	}{
		"no expiry":         {hmacKey, Who{}},
		"no key":            {jwt.Key{}, ada()},
		"a public key":      {jwt.Key{Algorithm: jwt.RS256, Value: &private()[jwt.RS256].(*rsa.PrivateKey).PublicKey}, ada()},
		"claims of no kind": {hmacKey, gojwt.MapClaims{"exp": "never"}},
	} {
		if token, err := jwt.Sign(test.key, test.claims); err == nil || token != "" {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
}
