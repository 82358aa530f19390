package cookies

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
)

// A codec turns a value into what stands on the wire and back. A text that it
// did not make, for this name and with this key, it does not open.
type codec interface {
	seal(name, value string) string
	open(name, sealed string) (value string, ok bool)
}

// base64url refuses texts that decode to the same bytes as another.
var base64url = base64.RawURLEncoding.Strict()

// A signer is the key of signed cookies.
type signer struct{ key []byte }

func newSigner(key []byte) signer { return signer{key} }

// sum returns the MAC of a cookie. A name has no "=" in it, so that no two
// cookies have the same text.
func (s signer) sum(name, value string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(name))
	mac.Write([]byte{'='})
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

func (s signer) seal(name, value string) string {
	return base64url.EncodeToString(s.sum(name, value)) + "." + url.PathEscape(value)
}

func (s signer) open(name, sealed string) (string, bool) {
	head, escaped, ok := strings.Cut(sealed, ".")
	if !ok {
		return "", false
	}
	sum, err := base64url.DecodeString(head)
	if err != nil {
		return "", false
	}
	value, err := url.PathUnescape(escaped)
	if err != nil || !hmac.Equal(sum, s.sum(name, value)) {
		return "", false
	}
	return value, true
}

// A sealer is the key of private cookies.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) sealer {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("cookies: " + err.Error()) // a key of a length that AES does not have
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("cookies: " + err.Error()) // a block cipher other than AES
	}
	return sealer{aead}
}

func (s sealer) seal(name, value string) string {
	return base64url.EncodeToString(s.aead.Seal(nil, nil, []byte(value), []byte(name)))
}

func (s sealer) open(name, sealed string) (string, bool) {
	raw, err := base64url.DecodeString(sealed)
	if err != nil {
		return "", false
	}
	value, err := s.aead.Open(nil, nil, raw, []byte(name))
	return string(value), err == nil
}
