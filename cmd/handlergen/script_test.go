package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the files that scripts compare output with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"handlergen": main})
}

// TestScript runs the sessions in testdata/script. Beside testscript's own
// commands they have
//
//	exits N program [args...]   the program must end with exit code N
//	fails N program [args...]   and must not have changed any file
//	snapshot                    remembers all files
//	unchanged                   all files must be as at the last snapshot
//	await regexp file           waits until the file is there and matches
//
// and ${RUNTIME} in go.mod and go.work is the runtime module of this checkout.
func TestScript(t *testing.T) {
	vars := goVars(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup:               func(env *testscript.Env) error { return setup(env, vars) },
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"fails":     fails,
			"snapshot":  func(ts *testscript.TestScript, _ bool, _ []string) { takeSnapshot(ts) },
			"unchanged": func(ts *testscript.TestScript, _ bool, _ []string) { checkUnchanged(ts) },
			"await":     await,
		},
	})
}

// goVars makes the go command inside of scripts work offline, with the build
// cache of the one that runs the tests.
func goVars(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := strings.Fields(string(out))
	runtime, err := filepath.Abs(filepath.Join("..", "..", "runtime"))
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"GOCACHE=" + dirs[0], "GOMODCACHE=" + dirs[1], "RUNTIME=" + filepath.ToSlash(runtime),
		"GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local",
	}
}

func setup(env *testscript.Env, vars []string) error {
	env.Vars = append(env.Vars, vars...)
	env.Values[snapshotKey{}] = &snapshot{}
	return filepath.WalkDir(env.WorkDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "go.mod" && entry.Name() != "go.work" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		expanded := strings.ReplaceAll(string(text), "${RUNTIME}", env.Getenv("RUNTIME"))
		return os.WriteFile(path, []byte(expanded), 0o644)
	})
}

func condition(name string) (bool, error) {
	if name == "root" {
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits N program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed := (*exec.ExitError)(nil)
		if !errors.As(err, &failed) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func fails(ts *testscript.TestScript, neg bool, args []string) {
	takeSnapshot(ts)
	exits(ts, neg, args)
	checkUnchanged(ts)
}

// patience is how long a script waits for what has to come.
const patience = 2 * time.Minute

func await(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] await regexp file")
	}
	want, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	var text []byte
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text, err = os.ReadFile(ts.MkAbs(args[1]))
		if found := err == nil && want.Match(text); found != neg {
			return
		}
	}
	ts.Fatalf("waited in vain for %s in %s, which is: %v\n%s", args[0], args[1], err, text)
}

// A snapshot has a line about every file and directory of a script.
type snapshot map[string]string

type snapshotKey struct{}

func takeSnapshot(ts *testscript.TestScript) {
	*ts.Value(snapshotKey{}).(*snapshot) = readTree(ts)
}

func checkUnchanged(ts *testscript.TestScript) {
	before := *ts.Value(snapshotKey{}).(*snapshot)
	if diff := cmp.Diff(before, readTree(ts)); diff != "" {
		ts.Fatalf("files have changed (-before +after):\n%s", diff)
	}
}

// readTree describes all files; a time of modification tells that one was
// written with the content it had.
func readTree(ts *testscript.TestScript) snapshot {
	tree := snapshot{}
	root := ts.Getenv("WORK")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == filepath.Join(root, ".tmp") {
			return filepath.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%v %v", info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(text))
		}
		tree[path] = line
		return nil
	})
	ts.Check(err)
	return tree
}
