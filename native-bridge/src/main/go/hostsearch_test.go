package main

import (
	"slices"
	"testing"
)

func TestHostSearch(t *testing.T) {
	for _, c := range []struct {
		text, hostname, name string
		want                 []string
	}{
		{"", "box", "db", []string{"db"}},
		{"", "box.corp.example", "db", []string{"db.corp.example", "db"}},
		{"search a.example B.Example. .\n", "box.corp.example", "db", []string{"db.a.example", "db.b.example", "db"}},
		{"search a.example\ndomain b.example\n", "box", "db", []string{"db.b.example", "db"}},
		{"# search no.example\n;search no.example\nsearch\n", "box", "db", []string{"db"}},
		{"search a.example\n", "box", "db.sub", []string{"db.sub", "db.sub.a.example"}},
		{"search a.example\noptions edns0 ndots:5 timeout:1\n", "box", "db.sub", []string{"db.sub.a.example", "db.sub"}},
		{"search a.example\noptions ndots:0 ndots:no\n", "box", "db", []string{"db", "db.a.example"}},
	} {
		search := parseHostSearch(c.text, c.hostname)
		if got := search.names(c.name); !slices.Equal(got, c.want) {
			t.Errorf("%q on %s: %s is tried as %v, not %v", c.text, c.hostname, c.name, got, c.want)
		}
	}
}
