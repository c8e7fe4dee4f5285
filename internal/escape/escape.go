package escape

// TEMPORARY STUB: to be replaced as a whole.

import "strconv"

func Text(s string) string  { return s }
func Quote(s string) string { return strconv.Quote(s) }
