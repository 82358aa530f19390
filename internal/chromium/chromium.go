// Package chromium opens pages in a browser for tests, which are skipped where
// there is none.
package chromium

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// Open opens a page in a browser without a window, until the test ends. What
// becomes of it the page has to tell the server that it comes from.
func Open(t *testing.T, url string) {
	t.Helper()
	browser := find()
	if browser == "" {
		t.Skip("no browser: install chromium for this test")
	}
	dir, err := os.MkdirTemp("", "chromium") //nolint:usetesting // t.TempDir fails the test if something is left there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(dir) })
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--user-data-dir="+dir, "--remote-debugging-port=0", url)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
}

// find returns the command of a browser, or nothing.
func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

// remove removes the folder of a browser that has gone. Its last process may
// write to it a moment longer.
func remove(dir string) {
	for range 50 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
