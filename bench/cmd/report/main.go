// Command report measures all contenders and writes the tables of README.md:
// those of endpoints, and that of layers.
//
// Every round visits all contenders in turn (A B C … B C … A …), so that a slow
// spell of the machine meets all of them, and each endpoint or layer in a
// process of its own. Figures are medians over the rounds. Ratios and
// differences are taken within each round before their median is.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 20, "how often everything is measured")
	benchtime := flag.Duration("benchtime", 100*time.Millisecond, "time for one contender in one row in one round")
	readme := flag.String("o", "README.md", "file whose tables are replaced; - for standard output")
	only := flag.String("only", "", "measure nothing but the endpoints or the layers")
	flag.Parse()
	if err := run(*rounds, *benchtime, *readme, *only); err != nil {
		log.Fatal("report: ", err)
	}
}

// A section of README.md is what one benchmark says.
type section struct {
	name   string
	what   *measurements
	tables func(*strings.Builder, *measurements)
	peers  []string // their modules
}

func run(rounds int, benchtime time.Duration, readme, only string) error {
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
	for _, section := range []section{
		{"endpoints", measureEndpoints(), endpointTables, []string{
			"github.com/go-chi/chi/v5", "github.com/gin-gonic/gin", "github.com/labstack/echo/v4",
			"github.com/danielgtaylor/huma/v2", "github.com/go-fuego/fuego", "github.com/ogen-go/ogen",
		}},
		{"layers", measureLayers(), layerTable, []string{"github.com/go-chi/chi/v5"}},
	} {
		if only != "" && only != section.name {
			continue
		}
		for i := range rounds {
			log.Printf("%s: round %d of %d", section.name, i+1, rounds)
			if err := section.what.round(binary, i, benchtime); err != nil {
				return err
			}
		}
		var out strings.Builder
		if err := environment(&out, rounds, benchtime, section.peers); err != nil {
			return err
		}
		section.tables(&out, section.what)
		if err := publish(readme, section.name, out.String()); err != nil {
			return err
		}
	}
	return nil
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
func environment(out *strings.Builder, rounds int, benchtime time.Duration, peers []string) error {
	fmt.Fprintf(out, "Made by `GOWORK=off go run ./cmd/report -rounds %d -benchtime %s` with %s on %s/%s, %s, GOMAXPROCS=1.\n\n",
		rounds, benchtime, runtime.Version(), runtime.GOOS, runtime.GOARCH, cpuModel())
	list := append([]string{"list", "-m", "-f", "{{.Path}} {{.Version}}"}, peers...)
	modules, err := exec.Command("go", list...).Output()
	if err != nil {
		return fmt.Errorf("list the versions of the peers: %w", err)
	}
	fmt.Fprintf(out, "Peers: %s.\n", strings.ReplaceAll(strings.TrimSpace(string(modules)), "\n", ", "))
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

// publish puts the tables of a section into README.md, between two comments.
func publish(readme, section, tables string) error {
	if readme == "-" {
		_, err := os.Stdout.WriteString(tables)
		return err
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	begin := "<!-- begin of what cmd/report writes: " + section + " -->\n"
	end := "<!-- end of " + section + " -->"
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the tables of %s", readme, section)
	}
	return os.WriteFile(readme, []byte(before+begin+"\n"+tables+"\n"+end+after), 0o644)
}
