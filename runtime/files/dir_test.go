package files

import "testing"

func TestIsHidden(t *testing.T) {
	for name, want := range map[string]struct{ unix, windows bool }{
		".env": {true, true}, "a/.git/config": {true, true}, "a/.": {true, true},
		"a": {}, "a.b": {}, "a/b.c": {}, "a~": {}, "~": {}, "~a": {}, "a~b": {}, "1~/2": {},
		"GIT~1": {false, true}, "a/env~12.txt": {false, true}, "~1": {false, true},
	} {
		if unix, windows := isHidden(name, false), isHidden(name, true); unix != want.unix || windows != want.windows {
			t.Errorf("%q is hidden: %t, and on Windows: %t, want %+v", name, unix, windows, want)
		}
	}
}
