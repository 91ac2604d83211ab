package main

import "regexp"

// What is a secret by its looks. Those that the node was given are known and found in any shape; others arrive by the LocalAPI, or
// inside an error.
var (
	keyShaped = regexp.MustCompile(`\b(?:tskey|hskey)-[A-Za-z0-9_-]+|\bprivkey:[0-9a-f]{16,}`)
	inURL     = regexp.MustCompile(`(://[^\s/:@]*):[^\s/@]+@`)
)

func maskSecrets(line string) string {
	line = keyShaped.ReplaceAllString(line, "[key]")
	return inURL.ReplaceAllString(line, "$1:[password]@")
}
