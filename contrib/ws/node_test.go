package ws_test

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/contrib/ws"
)

// TestNode speaks with a client that is not written in Go: the npm package ws,
// which has to be found by node (NODE_PATH).
func TestNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node")
	}
	s := serve(t, ws.Config{Subprotocols: []string{"v2", "v1"}, Origins: []string{"https://friend.example"}}, func(ctx context.Context, conn *ws.Conn) {
		for message := range conn.Messages() {
			if string(message.Data) == "close" {
				conn.Close(4001, "as you like")
				return
			}
			conn.Write(ctx, message)
		}
	})
	speak := func(args ...string) string {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		out, err := exec.CommandContext(ctx, node, append([]string{"testdata/client.js", s.URL + "/socket"}, args...)...).CombinedOutput()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 75 {
			t.Skip("node does not find the package ws")
		} else if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}

	want := []string{
		`open "v2" ""`, "message Grüße", "message 00ff", "message 200000", "message in parts", "pong ping", `close 4001 "as you like"`,
	}
	for _, origin := range []string{"", s.URL, "https://friend.example"} {
		got := strings.Split(speak("v1,v2", origin), "\n")
		if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("with the origin %q: got %q, want %q in about this order", origin, got, want)
		}
	}
	if got := speak("", "https://evil.example"); got != "refused 403" {
		t.Errorf("with another origin: %s", got)
	}
}
