package cpu

import "fmt"

// Status says of a level whether kernels run at it, and why or why not.
type Status struct {
	Level Level  `json:"level"`
	Used  bool   `json:"used"`
	Why   string `json:"why"`
}

// Levels returns all levels, the lowest first. One of them is used.
func Levels() []Status {
	used, err := Active()
	forced := err == nil && used != Best()
	var list []Status
	for _, l := range All() {
		list = append(list, Status{l, l == used, why(l, used, forced)})
	}
	return list
}

func why(l, used Level, forced bool) string {
	switch err := check(l); {
	case err != nil:
		return err.why()
	case l == used && forced:
		return fmt.Sprintf("%s asks for it", Variable) + beside(l)
	case l == used:
		return "the highest level here" + beside(l)
	case forced:
		return fmt.Sprintf("%s asks for %s", Variable, used)
	}
	return fmt.Sprintf("%s is higher", used)
}

// beside says of a level whether kernels use what some of its processors have beside it.
func beside(l Level) string {
	switch {
	case l != AVX512VNNI:
		return ""
	case HasBytes():
		return ", with VBMI"
	}
	return ", without VBMI"
}

// why is the error without the level.
func (e *Error) why() string {
	if e.Reason != "" {
		return e.Reason
	}
	return e.Kind.Error()
}
