package wire

import "testing"

func TestLower(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "UserID": "userID", "IDs": "ids", "UserIDs": "userIDs", "URLsByName": "urlsByName", "Is": "is", "URLPath": "urlPath",
		"URLOf": "urlOf", "GetURL": "getURL", "JSON": "json", "OAuth2": "oAuth2", "page": "page", "Page": "page", "X": "x", "": "",
		"Größe": "größe", "ÄB": "äb", "Ünder": "ünder", "HTTP2Server": "http2Server",
	} {
		if got := Lower(name); got != want {
			t.Errorf("Lower(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestUpper(t *testing.T) {
	for name, want := range map[string]string{"": "", "a": "A", "user": "User", "User": "User", "ähm": "Ähm", "_x": "_x"} {
		if got := Upper(name); got != want {
			t.Errorf("Upper(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestPick(t *testing.T) {
	names := Scope{}
	for _, test := range []struct {
		names []string
		want  string
	}{
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "b"},
		{[]string{"a", "b"}, "a2"},
		{[]string{"a"}, "a3"},
	} {
		if got := names.Pick(test.names...); got != test.want {
			t.Errorf("Pick(%q) = %q, want %q", test.names, got, test.want)
		}
	}
}
