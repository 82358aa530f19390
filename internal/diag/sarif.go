package diag

import (
	"encoding/json"
	"go/token"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// The parts of a SARIF 2.1.0 log that are in use.
type (
	sarifLog struct {
		Version string     `json:"version"`
		Schema  string     `json:"$schema"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		Name             string    `json:"name"`
		ShortDescription sarifText `json:"shortDescription"`
		FullDescription  sarifText `json:"fullDescription"`
		Help             sarifHelp `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID           string          `json:"ruleId"`
		RuleIndex        int             `json:"ruleIndex"`
		Level            string          `json:"level"`
		Message          sarifText       `json:"message"`
		Locations        []sarifLocation `json:"locations,omitempty"`
		RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		ID               int           `json:"id,omitempty"`
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
		Message          *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// Homepage is where users find out more.
const Homepage = "https://github.com/handlergen/handlergen"

// WriteSARIF prints a list as a SARIF 2.1.0 log for code scanning. Paths are
// relative to dir, the root of the repository. Columns count UTF-16 code units;
// they are left out where the source cannot be read.
func (l List) WriteSARIF(w io.Writer, dir, version string) {
	run := sarifRun{
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{}, // none must be [], or old alerts stay open
		Tool: sarifTool{Driver: sarifDriver{
			Name: "handlergen", Version: version, InformationURI: Homepage, Rules: []sarifRule{},
		}},
	}
	codes := l.codes()
	for _, code := range codes {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, code.sarif())
	}
	files := sources{}
	for _, d := range l {
		result := d.sarif(files, dir)
		result.RuleIndex, _ = slices.BinarySearch(codes, d.Code)
		run.Results = append(run.Results, result)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(sarifLog{ // the writer keeps its own errors
		Version: "2.1.0", Schema: "https://json.schemastore.org/sarif-2.1.0.json", Runs: []sarifRun{run},
	})
}

// codes returns the codes that occur, in order.
func (l List) codes() []Code {
	var codes []Code
	for _, d := range l {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func (c Code) sarif() sarifRule {
	doc := c.Doc()
	return sarifRule{
		ID: c.String(), Name: doc.Name,
		ShortDescription: sarifText{doc.Title}, FullDescription: sarifText{doc.Text},
		Help: sarifHelp{Text: doc.Text, Markdown: doc.markdown()},
	}
}

// markdown is the page of a code without its title.
func (d Doc) markdown() string {
	text := d.Text
	if d.Bad != "" {
		text += "\n\nRefused:\n\n```go\n" + d.Bad + "\n```"
	}
	if d.Good != "" {
		text += "\n\nAccepted:\n\n```go\n" + d.Good + "\n```"
	}
	return text
}

func (d Diagnostic) sarif(files sources, dir string) sarifResult {
	result := sarifResult{RuleID: d.Code.String(), Level: "error", Message: sarifText{d.Message}}
	if d.Hint != "" {
		result.Message.Text += "\nhint: " + d.Hint
	}
	if d.Pos.Filename != "" {
		result.Locations = []sarifLocation{{PhysicalLocation: files.sarif(d.Pos, d.End, dir)}}
	}
	for i, r := range d.Related {
		if r.Pos.Filename == "" {
			continue
		}
		result.RelatedLocations = append(result.RelatedLocations, sarifLocation{
			ID: i + 1, PhysicalLocation: files.sarif(r.Pos, token.Position{}, dir), Message: &sarifText{r.Message},
		})
	}
	return result
}

func (s sources) sarif(from, to token.Position, dir string) sarifPhysical {
	place := sarifPhysical{ArtifactLocation: artifact(from.Filename, dir)}
	if r := s.region(from, to); r.startLine > 0 {
		place.Region = &sarifRegion{r.startLine, r.startColumn, r.endLine, r.endColumn}
	}
	return place
}

// artifact is the address of a file: relative to the root of the repository if
// it lies below it.
func artifact(path, dir string) sarifArtifact {
	rel, err := filepath.Rel(dir, path)
	if err == nil && filepath.IsLocal(rel) {
		address := url.URL{Path: filepath.ToSlash(rel)}
		return sarifArtifact{URI: address.String(), URIBaseID: "%SRCROOT%"}
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a volume name
	}
	address := url.URL{Scheme: "file", Path: path}
	return sarifArtifact{URI: address.String()}
}
