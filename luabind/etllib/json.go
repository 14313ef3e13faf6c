package etllib

func jsonEntries() []Entry { return nil }
