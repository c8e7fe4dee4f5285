//go:build !unix

package hostile

import "time"

var begin = time.Now()

// ProcessorTime returns the time that has passed, which is as near as can be had here.
func ProcessorTime() time.Duration { return time.Since(begin) }
