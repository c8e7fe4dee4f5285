package token

import (
	"cmp"
	"slices"
	"strings"
)

// Files often do not say which tokens end a turn or fill in the middle, or give them a wrong type, so
// their texts tell. The lists are llama.cpp's.

var eogTexts = strings.Fields(`<|eot_id|> <|im_end|> <|end|> <|return|> <|call|> <|flush|> <|calls|> <end_of_turn>
	<|endoftext|> </s> <|eom_id|> <EOT> _<EOT> [EOT] [EOS] <|end_of_text|> <end_of_utterance> <eos> <turn|>
	<|tool_response> <｜end▁of▁sentence｜> [e~[`)

// fimTexts has the texts for fill-in-the-middle roles without a key; the first that is a token counts.
var fimTexts = map[role][]string{
	fimPrefix: strings.Fields("<|fim_prefix|> <fim-prefix> <fim_prefix> <|code_prefix|> <|prefix|> <｜fim▁begin｜> <PRE> ▁<PRE>"),
	fimSuffix: strings.Fields("<|fim_suffix|> <fim-suffix> <fim_suffix> <|code_suffix|> <|suffix|> <｜fim▁hole｜> <SUF> ▁<SUF>"),
	fimMiddle: strings.Fields("<|fim_middle|> <fim-middle> <fim_middle> <|code_middle|> <|middle|> <｜fim▁end｜> <MID> ▁<MID>"),
	fimPad:    strings.Fields("<|fim_pad|> <fim-pad> <fim_pad> <PAD> [PAD]"),
	fimRepo:   strings.Fields("<|fim_repo|> <|repo_name|> <fim-repo> <REPO> <reponame>"),
	fimFile:   {"<|file_sep|>"},
}

// shownTexts structure a message and are meant to be seen.
var shownTexts = []string{"<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"}

// correct adds to the marks what texts and names tell, and fills the set of tokens that end generation.
func (t *table) correct() {
	t.eog = map[int32]bool{}
	for which, texts := range fimTexts {
		t.findFIM(which, texts)
	}
	for _, text := range eogTexts {
		if id, ok := t.ids[text]; ok {
			t.marks[id] |= control
			t.eog[id] = true
		}
	}
	for _, text := range shownTexts {
		if id, ok := t.ids[text]; ok {
			t.marks[id] = userDefined
		}
	}
	for _, which := range []role{fimPad, fimRepo, fimFile, eos, eot, eom} {
		if id := t.roles[which]; id != none {
			t.eog[id] = true
		}
	}
	t.correctEOG()
	t.markTrims()
}

func (t *table) findFIM(which role, texts []string) {
	if t.roles[which] != none {
		return
	}
	for _, text := range texts {
		if id, ok := t.ids[text]; ok {
			t.roles[which] = id
			t.marks[id] |= control
			return
		}
	}
}

// correctEOG knows two vocabularies in which a token that usually ends a turn does not.
func (t *table) correctEOG() {
	harmony := t.ends("<|return|>") && t.ends("<|call|>") ||
		(t.ends("<|call|>") || t.ends("<|calls|>")) && t.ends("<|flush|>")
	if id, ok := t.ids["<|end|>"]; ok && harmony {
		delete(t.eog, id)
		t.marks[id] = userDefined
	}
	if id, ok := t.ids["</s>"]; ok && t.ends("<|tool_response>") {
		delete(t.eog, id)
		t.marks[id] = normal
	}
}

func (t *table) ends(text string) bool {
	id, ok := t.ids[text]
	return ok && t.eog[id]
}

// markTrims knows the models whose special tokens swallow white space beside them, which their files do not say.
func (t *table) markTrims() {
	name := strings.ToLower(t.model.name)
	if containsAny(t.model.pre, "jina-v2-de", "jina-v2-es", "jina-v2-code") || containsAny(t.model.arch, "nomic-bert-moe", "jina-bert-v3") {
		t.mark(trimLeft, "<mask>")
	}
	if containsAny(name, "modern-bert") {
		t.mark(trimLeft, "[MASK]")
	}
	if !containsAny(name, "phi-3", "phi3") {
		return
	}
	for id, m := range t.marks {
		if m&(special|userDefined) != 0 {
			t.marks[id] |= trimRight
		}
	}
	t.mark(trimRight, "</s>")
	for _, text := range []string{"<unk>", "<s>", "<|endoftext|>"} {
		if id, ok := t.ids[text]; ok {
			t.marks[id] &^= trimRight
		}
	}
}

func (t *table) mark(m marks, text string) {
	if id, ok := t.ids[text]; ok {
		t.marks[id] |= m
	}
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// collectSpecial lists the tokens that text is cut at: longest first, since one may contain another.
func (t *table) collectSpecial() {
	for id, m := range t.marks {
		if m&(special|userDefined) != 0 {
			t.special = append(t.special, int32(id))
		}
	}
	slices.SortFunc(t.special, func(a, b int32) int {
		return cmp.Or(cmp.Compare(len(t.texts[b]), len(t.texts[a])), cmp.Compare(a, b))
	})
}
