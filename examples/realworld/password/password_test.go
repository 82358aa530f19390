package password_test

import (
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/password"
)

func TestHash(t *testing.T) {
	long := strings.Repeat("a", 72)
	for _, text := range []string{"12345678", long, long + "b", "päss wörd\x00", ""} {
		hash := password.Hash(text)
		if strings.Contains(hash, text) && text != "" || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("the hash of %q is %s", text, hash)
		}
		if hash == password.Hash(text) {
			t.Errorf("two hashes of %q are the same", text)
		}
		if !password.Check(text, hash) {
			t.Errorf("%q is not known again", text)
		}
		for _, other := range []string{text + "x", long + "c", strings.ToUpper(text) + "y"} {
			if password.Check(other, hash) {
				t.Errorf("%q passes for %q", other, text)
			}
		}
	}
}

func TestCheckOfStrangeHashes(t *testing.T) {
	good := password.Hash("secret")
	for _, hash := range []string{
		"",
		"secret",
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "argon2id", "argon2i", 1),
		good[:len(good)-1],
		good[:strings.LastIndex(good, "$")+1],
		good + "$",
	} {
		if password.Check("secret", hash) || password.Check("", hash) {
			t.Errorf("%q passes", hash)
		}
	}
}
