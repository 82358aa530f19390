package password_test

import (
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/password"
)

func TestHash(t *testing.T) {
	long := strings.Repeat("a", 72)
	for _, text := range []string{"12345678", long, long + "b", "päss wörd\x00", ""} {
		hash := password.Recommended.Hash(text)
		if strings.Contains(hash, text) && text != "" || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("the hash of %q is %s", text, hash)
		}
		if hash == password.Recommended.Hash(text) {
			t.Errorf("two hashes of %q are the same", text)
		}
		if !password.Recommended.Check(text, hash) {
			t.Errorf("%q is not known again", text)
		}
		for _, other := range []string{text + "x", long + "c", strings.ToUpper(text) + "y"} {
			if password.Recommended.Check(other, hash) {
				t.Errorf("%q passes for %q", other, text)
			}
		}
	}
}

func TestCheckOfStrangeHashes(t *testing.T) {
	good := password.Recommended.Hash("secret")
	for _, hash := range []string{
		"",
		"secret",
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "t=2", "t=0", 1),
		good[:len(good)-1],
		good[:strings.LastIndex(good, "$")+1],
		good + "$",
	} {
		if password.Recommended.Check("secret", hash) || password.Recommended.Check("", hash) {
			t.Errorf("%q passes", hash)
		}
	}
}

func TestCosts(t *testing.T) {
	var zero password.Cost
	cheap, usual := password.Cheap.Hash("secret"), zero.Hash("secret")
	if !strings.Contains(cheap, "$m=8,t=1,p=1$") || !strings.Contains(usual, "$m=19456,t=2,p=1$") {
		t.Errorf("hashes %s and %s", cheap, usual)
	}
	for _, hash := range []string{cheap, usual} {
		if !zero.Check("secret", hash) || !password.Cheap.Check("secret", hash) || zero.Check("Secret", hash) {
			t.Errorf("%s depends on what others cost", hash)
		}
	}
}

// The hash is one from the tests of the reference implementation
// (P-H-C/phc-winner-argon2, src/test.c).
func TestKnownHash(t *testing.T) {
	const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if !password.Recommended.Check("password", hash) || password.Recommended.Check("Password", hash) {
		t.Error("a hash of another program is not known")
	}
}
