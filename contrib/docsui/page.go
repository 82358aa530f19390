package docsui

import (
	"cmp"
	_ "embed"
	"fmt"
	"html"
	"net/url"
	"strings"
)

// pageName is the name of the page in the folder. It has none in URLs.
const pageName = "index.html"

//go:embed page.html
var pageText string

// page returns the page for a document. What it refers to has its version in
// its URL. Package html/template would make each binary 2 MB bigger.
func page(c Config, d document, files folder) []byte {
	options := ""
	if c.ReadOnly {
		options = " data-read-only"
	}
	places := []string{
		"{{heading}}", html.EscapeString(cmp.Or(c.Title, "API reference")),
		"{{title}}", html.EscapeString(c.Title),
		"{{document}}", d.name,
		"{{options}}", options,
	}
	for name := range files {
		name = strings.TrimSuffix(name, ".gz")
		places = append(places, "{{"+name+"}}", files.reference(name))
	}
	return []byte(strings.NewReplacer(places...).Replace(pageText))
}

// policy returns the Content-Security-Policy. Images may come from the page
// itself, for icons are in styles, and what an API answers is in memory.
func policy(origins []string) string {
	for _, origin := range origins {
		if err := checkOrigin(origin); err != nil {
			panic(fmt.Sprintf("docsui: %q is not an origin: %v", origin, err))
		}
	}
	connect := ""
	if len(origins) > 0 {
		connect = "connect-src 'self' " + strings.Join(origins, " ") + "; "
	}
	return "default-src 'self'; " + connect + "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
		"base-uri 'none'; frame-ancestors 'self'"
}

func checkOrigin(text string) error {
	host, anyPort := strings.CutSuffix(text, ":*")
	u, err := url.Parse(host)
	switch {
	case err != nil:
		return err
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("it does not start with https:// or http://")
	case u.Host == "" || strings.ContainsAny(u.Host, "*;, '\""):
		return fmt.Errorf("it has no host")
	case u.Scheme+"://"+u.Host != host || anyPort && u.Port() != "":
		return fmt.Errorf("it is more than a scheme, a host and a port")
	}
	return nil
}
