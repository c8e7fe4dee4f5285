package notebook

import (
	"fmt"
	"regexp"
)

var (
	// two names of two letters or more, so that "tokens/s", "1/2" and "/" are not taken for paths
	absolutePath = regexp.MustCompile(`(?:^|[\s"'(=:,>\[])((?:/[\w.~-]*\w[\w.~-]+){2,}|[A-Za-z]:\\\w+)`)
	address      = regexp.MustCompile(`\blocalhost\b|\b\d{1,3}(?:\.\d{1,3}){3}\b`)
)

// placeProblems returns what in an output belongs to the machine where it was made.
func placeProblems(text, host string) []error {
	var all []error
	if found := absolutePath.FindStringSubmatch(text); found != nil {
		all = append(all, fmt.Errorf("has an output with the absolute path %q", found[1]))
	}
	if found := address.FindString(text); found != "" {
		all = append(all, fmt.Errorf("has an output with the network address %q", found))
	}
	if namesHost(text, host) {
		all = append(all, fmt.Errorf("has an output with this machine's name %q", host))
	}
	return all
}

func namesHost(text, host string) bool {
	if host == "" {
		return false
	}
	return regexp.MustCompile(`(?:^|[^\w.-])` + regexp.QuoteMeta(host) + `(?:$|[^\w.-])`).MatchString(text)
}
