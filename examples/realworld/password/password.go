// Package password turns passwords into what may be stored, and knows them again.
//
// The work is that of Argon2id (RFC 9106) at the strength that OWASP recommends
// for servers, 19 MiB and two passes. Unlike bcrypt, which looks at 72 bytes, it
// takes passwords of any length. A hash is written in the form of the PHC, with
// what it was made by, so that the strength can be changed while those of before
// go on working.
package password

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// A Cost is what it takes to make a hash. The zero value is [Recommended].
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// Recommended is what OWASP recommends, some 30 milliseconds.
var Recommended = Cost{Memory: 19 << 10, Passes: 2}

// Cheap is for tests that have many users.
var Cheap = Cost{Memory: 8, Passes: 1}

const (
	form     = "$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s"
	saltSize = 16
	keySize  = 32
)

// slots limit how many hashes are made at once, and so how much memory that
// takes.
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

func (c Cost) key(password string, salt []byte) []byte {
	slots <- struct{}{}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, 1, keySize)
}

// Hash returns what is stored of a password.
func (c Cost) Hash(password string) string {
	c = cmp.Or(c, Recommended)
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(form, argon2.Version, c.Memory, c.Passes, encode(salt), encode(c.key(password, salt)))
}

// Check reports whether it is the password that the hash was made of, at whatever
// cost. That takes as long if the hash is empty, as that of a user who does not
// exist.
func (c Cost) Check(password, hash string) bool {
	made, salt, want, ok := parse(hash)
	if !ok {
		made, salt = cmp.Or(c, Recommended), make([]byte, saltSize)
	}
	return subtle.ConstantTimeCompare(made.key(password, salt), want) == 1 && ok
}

// parse takes apart what [Cost.Hash] returns.
func parse(hash string) (c Cost, salt, key []byte, ok bool) {
	var version int
	var rest string
	n, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=1$%s", &version, &c.Memory, &c.Passes, &rest)
	if n != 4 || err != nil || version != argon2.Version || c.Passes == 0 {
		return c, nil, nil, false
	}
	encodedSalt, encodedKey, _ := strings.Cut(rest, "$")
	salt, saltErr := base64.RawStdEncoding.DecodeString(encodedSalt)
	key, keyErr := base64.RawStdEncoding.DecodeString(encodedKey)
	return c, salt, key, saltErr == nil && keyErr == nil && len(key) == keySize
}
