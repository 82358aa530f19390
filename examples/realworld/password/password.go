// Package password turns passwords into what may be stored, and knows them again.
//
// The work is that of Argon2id (RFC 9106) at the strength that OWASP recommends
// for servers, 19 MiB and two passes. Unlike bcrypt, which looks at 72 bytes, it
// takes passwords of any length. A hash is written in the form of the PHC, with
// what it was made by, so that the strength can be changed while those of before
// go on working.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// A cost is what a hash takes to make.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

var recommended = cost{memory: 19 << 10, passes: 2, threads: 1}

const (
	form     = "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s"
	saltSize = 16
	keySize  = 32
)

// slots limit how many hashes are made at once, and so how much memory that
// takes.
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

func (c cost) key(password string, salt []byte) []byte {
	slots <- struct{}{}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, keySize)
}

// Hash returns what is stored of a password.
func Hash(password string) string {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	c := recommended
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(form, argon2.Version, c.memory, c.passes, c.threads, encode(salt), encode(c.key(password, salt)))
}

// Check reports whether it is the password that the hash was made of. That takes
// as long if the hash is empty, as that of a user who does not exist.
func Check(password, hash string) bool {
	c, salt, want, ok := parse(hash)
	if !ok {
		c, salt = recommended, make([]byte, saltSize)
	}
	return subtle.ConstantTimeCompare(c.key(password, salt), want) == 1 && ok
}

// parse takes apart what [Hash] returns.
func parse(hash string) (c cost, salt, key []byte, ok bool) {
	var version int
	var rest string
	n, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &c.memory, &c.passes, &c.threads, &rest)
	if n != 5 || err != nil || version != argon2.Version {
		return c, nil, nil, false
	}
	encodedSalt, encodedKey, _ := strings.Cut(rest, "$")
	salt, saltErr := base64.RawStdEncoding.DecodeString(encodedSalt)
	key, keyErr := base64.RawStdEncoding.DecodeString(encodedKey)
	return c, salt, key, saltErr == nil && keyErr == nil && len(key) == keySize
}
