package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/generate"
)

// TestBug wants a mistake of our own to end in a request to report it.
func TestBug(t *testing.T) {
	type load = func(context.Context, generate.Config) (*generate.Result, error)
	for name, load := range map[string]load{
		"panic": func(context.Context, generate.Config) (*generate.Result, error) {
			panic("unhandled extractor")
		},
		"error": func(context.Context, generate.Config) (*generate.Result, error) {
			return nil, &generate.Bug{Package: "example.com/p", Cause: "unhandled extractor"}
		},
	} {
		for _, args := range [][]string{{}, {"check"}, {"vet", "--format", "sarif"}, {"list", "--json"}, {"explain", "Func"}} {
			var stdout, stderr bytes.Buffer
			a := newApp(&stdout, &stderr)
			a.load = load
			if code := a.run(args); code != exitFailed {
				t.Errorf("%s in %q: exit code %d, want %d", name, args, code, exitFailed)
			}
			for _, want := range []string{"internal error: ", "unhandled extractor\n", "please report"} {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("%s in %q: standard error does not have %q:\n%s", name, args, want, &stderr)
				}
			}
			if strings.Contains(stderr.String(), "goroutine ") || stdout.Len() > 0 {
				t.Errorf("%s in %q prints a stack trace, or to standard output:\n%s%s", name, args, &stdout, &stderr)
			}
		}
	}
}

// TestBugVerbose wants the stack trace that a report needs.
func TestBugVerbose(t *testing.T) {
	var stdout, stderr bytes.Buffer
	a := newApp(&stdout, &stderr)
	a.load = func(context.Context, generate.Config) (*generate.Result, error) { panic("unhandled extractor") }
	a.run([]string{"-v"})
	if !strings.Contains(stderr.String(), "goroutine ") {
		t.Errorf("standard error has no stack trace:\n%s", &stderr)
	}
}

// TestOutputFails wants a report that could not be printed to be a failure.
func TestOutputFails(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"list", "--json"}, {"vet", "--format", "sarif"}, {"explain", "HG007"}, {"completion", "bash"}, {"--help"}} {
		var stderr bytes.Buffer
		a := newApp(brokenPipe{}, &stderr)
		a.load = func(context.Context, generate.Config) (*generate.Result, error) { return &generate.Result{}, nil }
		if code := a.run(args); code != exitFailed {
			t.Errorf("%q: exit code %d, want %d", args, code, exitFailed)
		}
		if got, want := stderr.String(), "handlergen: write standard output: broken pipe\n"; !strings.HasSuffix(got, want) {
			t.Errorf("%q prints %q, want %q", args, got, want)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
