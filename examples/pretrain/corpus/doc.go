// Package corpus tells short stories for children, as many as one likes, from a grammar.
//
// The unit of data is a story: plain English text of 50 to 250 words, paragraphs separated by one newline. The same
// seed and number always give the same story.
//
//	c, err := corpus.New(1)
//	fmt.Println(c.Story(0)) // In a small house by the sea lived a curious girl named Nora. …
//
// The grammar is the files of folder plots: one file per plot, and common.txt for what they share. A story is
// consistent because a plot's cast is drawn first: who, with which pronouns, where, what goes wrong and what
// helps. Everything that is told later refers to that draw.
//
//	cast: hero=child toy     draw a row of table child as hero and one of table toy
//	table toy: name | of     a table; a first cell "ball; doll" is two rows that share the other cells
//	story:                   sections: each line is one way to tell it
//	  <open> <lost> / <end>  <name> is a line of that section, / begins a paragraph
//	lost:
//	  {hero} lost {a toy}.   {slot}, {slot.column}; {a slot} with its article; a capital letter asks for one
//	  [Oh|Alas], it was gone one of several words; {he}, {him}, {his} and {himself} are the hero's
//
// The package knows nothing about tokens. It judges no story: whether prose is pleasant is for a reader to say.
package corpus
