package docsui

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// TestAssets holds what is embedded against the digests of the package it is
// from, and sees that there is nothing else.
func TestAssets(t *testing.T) {
	sums, err := os.ReadFile("assets/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	f := newFolder()
	known := map[string]bool{"docsui.css": true, "docsui.js": true}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		known[name] = true
		file, err := f.Open(name)
		if err != nil {
			t.Error(err)
			continue
		}
		content, err := io.ReadAll(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(content)); got != sum {
			t.Errorf("%s has the digest %s, want %s", name, got, sum)
		}
		if info, _ := file.Stat(); info.Size() != int64(len(content)) {
			t.Errorf("%s has the size %d, want %d", name, info.Size(), len(content))
		}
	}
	for name := range f {
		if name = strings.TrimSuffix(name, ".gz"); !known[name] {
			t.Errorf("%s is not from the package", name)
		}
	}
	if len(known) != len(f) {
		t.Errorf("%d files are embedded, want %d", len(f), len(known))
	}
}
