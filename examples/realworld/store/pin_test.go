package store_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/libc" // which go.mod pins
)

// TestVersionOfLibc wants the libc that SQLite was translated for. Its code works
// with no other (https://pkg.go.dev/modernc.org/sqlite#hdr-Fragile_modernc_org_libc_dependency).
func TestVersionOfLibc(t *testing.T) {
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := libcIn(t, "../go.mod"), libcIn(t, filepath.Join(strings.TrimSpace(string(folder)), "go.mod"))
	used, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", "modernc.org/libc").Output()
	if err != nil {
		t.Fatal(err)
	}
	if ours != theirs || strings.TrimSpace(string(used)) != theirs {
		t.Errorf("go.mod wants libc %s and the build has %s; sqlite wants %s", ours, used, theirs)
	}
}

func libcIn(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)modernc\.org/libc (v\S+)`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s does not require modernc.org/libc", file)
	}
	return string(found[1])
}
