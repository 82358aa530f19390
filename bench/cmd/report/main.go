// Command report measures all contenders and writes the tables of README.md.
//
// Every round visits all contenders in turn (A B C … B C … A …), so that a slow
// spell of the machine meets all of them, and each endpoint in a process of its
// own. Figures are medians over the rounds. Ratios are taken within each round
// before their median is.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/handlergen/handlergen/bench/endpoints"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 20, "how often everything is measured")
	benchtime := flag.Duration("benchtime", 100*time.Millisecond, "time for one contender on one endpoint in one round")
	readme := flag.String("o", "README.md", "file whose tables are replaced; - for standard output")
	flag.Parse()
	if err := run(*rounds, *benchtime, *readme); err != nil {
		log.Fatal("report: ", err)
	}
}

func run(rounds int, benchtime time.Duration, readme string) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary, err := build(dir)
	if err != nil {
		return err
	}
	if err := test(binary); err != nil {
		return err
	}
	var m measurements
	for i := range rounds {
		log.Printf("round %d of %d", i+1, rounds)
		if err := m.round(binary, i, benchtime); err != nil {
			return err
		}
	}
	var out strings.Builder
	if err := environment(&out, rounds, benchtime); err != nil {
		return err
	}
	m.tables(&out, endpoints.Requests())
	return publish(readme, out.String())
}

func build(dir string) (string, error) {
	binary := filepath.Join(dir, "bench.test")
	cmd := exec.Command("go", "test", "-c", "-o", binary, ".")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build the benchmark: %w", err)
	}
	return binary, nil
}

// test sees to it that all contenders give the same answers.
func test(binary string) error {
	out, err := exec.Command(binary).CombinedOutput()
	if err != nil {
		return fmt.Errorf("the contenders differ: %w\n%s", err, out)
	}
	return nil
}

// environment says how the figures came about.
func environment(out *strings.Builder, rounds int, benchtime time.Duration) error {
	fmt.Fprintf(out, "Made by `GOWORK=off go run ./cmd/report -rounds %d -benchtime %s` with %s on %s/%s, %s, GOMAXPROCS=1.\n\n",
		rounds, benchtime, runtime.Version(), runtime.GOOS, runtime.GOARCH, cpuModel())
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Path}} {{.Version}}",
		"github.com/go-chi/chi/v5", "github.com/gin-gonic/gin", "github.com/labstack/echo/v4",
		"github.com/danielgtaylor/huma/v2", "github.com/go-fuego/fuego", "github.com/ogen-go/ogen")
	modules, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("list the versions of the peers: %w", err)
	}
	list := strings.Join(strings.Split(strings.TrimSpace(string(modules)), "\n"), ", ")
	fmt.Fprintf(out, "Peers: %s.\n", list)
	return nil
}

func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

// The tables of README.md stand between these.
const (
	begin = "<!-- begin of what cmd/report writes -->\n"
	end   = "<!-- end -->"
)

func publish(readme, tables string) error {
	if readme == "-" {
		_, err := os.Stdout.WriteString(tables)
		return err
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the tables", readme)
	}
	text = fmt.Appendf(nil, "%s%s\n%s\n%s%s", before, begin, tables, end, after)
	return os.WriteFile(readme, text, 0o644)
}
